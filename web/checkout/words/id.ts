import type { Words } from './en.ts';

/** The same in Indonesian. */
export const id: Words = {
  name: 'Bahasa Indonesia',
  checkout: 'Pembayaran',
  language: 'Bahasa',
  modes: { sandbox: 'Sandbox, uang mainan', test: 'Mode uji, uang mainan', live: '' },

  payTo: 'Bayar ke',
  payment: 'Pembayaran',
  refund: 'Pengembalian dana',
  savedMeans: 'Metode pembayaran',
  anyAmount: 'Nominal bebas',
  anyAmountHint: 'Masukkan nominal di aplikasi Anda.',
  reference: 'Referensi',
  channel: 'Metode',
  expiresIn: 'Berakhir dalam',
  expiresAt: 'Berakhir',
  minutesLeft: (minutes) => `Sisa waktu membayar ${minutes} menit`,

  qrAlt: (amount) => (amount === undefined ? 'Kode QR untuk membayar' : `Kode QR untuk membayar ${amount}`),
  scan: 'Pindai dengan aplikasi bank atau dompet digital Anda',
  saveQr: 'Simpan kode QR',
  saveFailed: 'Tidak dapat disimpan. Silakan ambil tangkapan layar.',
  onThisPhone: 'Membayar dengan ponsel ini?',
  onThisPhoneHint:
    'Simpan kode atau ambil tangkapan layar, buka aplikasi bank atau dompet digital Anda, lalu pilih gambar itu saat memindai.',
  numbers: {
    VIRTUAL_ACCOUNT_NUMBER: 'Nomor virtual account',
    PAYMENT_CODE: 'Kode pembayaran',
    other: 'Nomor pembayaran',
  },
  payExactly: 'Bayar tepat sejumlah ini ke nomor ini.',
  goOn: 'Lanjutkan pembayaran',
  goOnHint: 'Anda membayar di halaman lain. Halaman ini memberi tahu ketika uang diterima.',
  goOnOther: 'Lanjutkan',
  goOnOtherHint: 'Anda melanjutkan di halaman lain. Halaman ini memberi tahu ketika sudah selesai.',
  elsewhere: 'Lanjutkan di aplikasi atau halaman tempat Anda mulai. Halaman ini memberi tahu ketika uang diterima.',
  copy: (what) => `Salin ${what}`,
  copied: 'Tersalin',
  amount: 'nominal',

  payNow: 'Bayar sekarang',
  payNowHint: 'Membayar dengan uang mainan, seperti aplikasi Anda dengan uang sungguhan.',
  paying: 'Membayar…',
  payAmount: 'Nominal pembayaran',
  payFailed: (why) => `Pembayaran tidak berhasil: ${why}`,
  notReached: 'gateway tidak dapat dihubungi. Coba lagi.',

  paid: 'Pembayaran diterima',
  paidTitle: (amount) => `Lunas ${amount}`,
  paidAt: (time) => `Diterima ${time}`,
  mayClose: 'Anda dapat menutup halaman ini.',
  received: 'Diterima di sini',
  receivedAmount: (amount) => `${amount} diterima`,
  nothingYet: 'Belum ada pembayaran. Setiap pembayaran langsung tampil di sini saat diterima.',
  notListed:
    'Koneksi ini tidak menampilkan setiap pembayaran: tanyakan kepada penjual apakah pembayaran Anda sudah diterima.',
  standings: {
    OPEN: { title: 'Menunggu pembayaran', text: 'Halaman ini berubah sendiri ketika uang diterima.' },
    PENDING: {
      title: 'Pembayaran diproses',
      text: 'Pembayaran sedang dikonfirmasi. Biarkan halaman ini terbuka dan jangan membayar lagi.',
    },
    DONE: { title: 'Selesai', text: 'Tidak ada lagi yang perlu dilakukan di sini.' },
    EXPIRED: {
      title: 'Kedaluwarsa',
      text: 'Jangan bayar tagihan ini: minta yang baru kepada penjual. Jika Anda sudah membayar, biarkan halaman ini terbuka; halaman ini memberi tahu ketika uang diterima.',
    },
    FAILED: {
      title: 'Pembayaran gagal',
      text: 'Pembayaran tidak berhasil. Minta yang baru kepada penjual. Jika uang Anda tetap diterima, halaman ini memberi tahu.',
    },
    CANCELED: {
      title: 'Dibatalkan',
      text: 'Pembayaran ini dibatalkan: jangan membayar. Jika Anda sudah membayar, biarkan halaman ini terbuka; halaman ini memberi tahu ketika uang diterima.',
    },
  },
  otherStandings: {
    OPEN: {
      title: 'Belum selesai',
      text: 'Tidak ada yang perlu dibayar di sini. Halaman ini berubah sendiri ketika sudah selesai.',
    },
    PENDING: { title: 'Sedang diproses', text: 'Sedang dikonfirmasi. Anda tidak perlu melakukan apa pun.' },
    DONE: { title: 'Selesai', text: 'Tidak ada lagi yang perlu dilakukan di sini.' },
    EXPIRED: {
      title: 'Kedaluwarsa',
      text: 'Tidak ada lagi yang dapat dilakukan di sini. Minta tautan baru kepada penjual.',
    },
    FAILED: {
      title: 'Tidak berhasil',
      text: 'Tidak ada yang disimpan atau dikembalikan. Tanyakan kepada penjual langkah selanjutnya.',
    },
    CANCELED: { title: 'Dibatalkan', text: 'Ini sudah dibatalkan. Tidak ada lagi yang perlu dilakukan di sini.' },
  },

  faults: {
    INVALID: {
      title: 'Tautan ini tidak berfungsi',
      text: 'Tautan tidak lengkap atau berasal dari tempat lain. Buka lagi dari asalnya, atau tanyakan kepada penjual.',
    },
    EXPIRED: {
      title: 'Tautan ini sudah kedaluwarsa',
      text: 'Tidak ada kabar baru di sini. Minta tautan baru kepada penjual sebelum membayar.',
    },
    UNKNOWN: {
      title: 'Tidak ada yang perlu dibayar',
      text: 'Pembayaran ini sudah tidak ditemukan. Minta tautan baru kepada penjual.',
    },
    REFUSED: {
      title: 'Halaman ini tidak dapat ditampilkan',
      text: 'Gateway tidak mengizinkannya. Minta tautan baru kepada penjual.',
    },
    AWAY: {
      title: 'Tidak ada koneksi',
      text: 'Pembayaran belum dapat dimuat. Akan dicoba lagi secara otomatis.',
    },
  },

  loading: 'Memuat pembayaran…',
  connecting: 'Menghubungkan…',
  reconnecting: 'Koneksi terputus. Menghubungkan kembali…',
  live: {
    websocket: 'Terhubung langsung lewat WebSocket',
    sse: 'Terhubung langsung lewat server-sent events',
    polling: 'Diperiksa setiap beberapa detik',
  },
};
