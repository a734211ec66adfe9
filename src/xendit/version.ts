/** The `api-version` of payment requests, payments and tokens. Without the header Xendit may answer as an older version. */
export const paymentsVersion = '2024-11-11';

/** The `api-version` of QR codes of version 2; version 1 has none. */
export const qrVersion = '2022-07-31';

/** The `api-version` of customers. */
export const customersVersion = '2020-10-31';
