/** The `api-version` of payment requests, payments and tokens. Without the header Xendit may answer as an older version. */
export const paymentsVersion = '2024-11-11';
