import type { CodegenConfig } from '@graphql-codegen/cli';

/** How the graph's scalars come over the wire: decimals and times as text. */
const onTheWire = {
  ID: 'string',
  Decimal: 'string',
  DateTime: 'string',
  JSON: 'unknown',
  JSONObject: 'Record<string, unknown>',
  CurrencyCode: 'string',
  Cursor: 'string',
};

const forClients = {
  enumType: 'const',
  enumsAsConst: true,
  useTypeImports: true,
  importExtension: '.ts',
  emitLegacyCommonJSImports: false,
  scalars: onTheWire,
} as const;

/** The operations of a folder's `.graphql` files as typed documents, for a page that calls the gateway. */
function documentsOf(folder: string): CodegenConfig['generates'] {
  return {
    [`${folder}/generated/documents.ts`]: {
      documents: `${folder}/*.graphql`,
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { useTypeImports: true, scalars: onTheWire },
    },
  };
}

const config: CodegenConfig = {
  schema: 'schema/*.graphql',
  generates: {
    ...documentsOf('web/console'),
    ...documentsOf('web/checkout'),
    'src/graphql/generated/types.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        contextType: '../context.ts#Context',
        enumsAsConst: true,
        useTypeImports: true,
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        inputMaybeValue: 'T | null | undefined',
        maybeValue: 'T | null | undefined',
        scalars: {
          ID: 'string',
          Decimal: 'string',
          DateTime: { input: 'Date', output: 'Date | string' },
          JSON: 'unknown',
          JSONObject: 'object',
          CurrencyCode: 'string',
          Cursor: 'string',
        },
        mappers: {
          Node: '../parents.ts#NodeParent',
          QrCode: "../../model/resource.ts#Resource<'QrCode'>",
          QrPayment: "../../model/resource.ts#Resource<'QrPayment'>",
          PaymentRequest: "../../model/resource.ts#Resource<'PaymentRequest'>",
          Payment: "../../model/resource.ts#Resource<'Payment'>",
          Capture: "../../model/resource.ts#Resource<'Capture'>",
          PaymentSession: "../../model/resource.ts#Resource<'PaymentSession'>",
          PaymentToken: "../../model/resource.ts#Resource<'PaymentToken'>",
          Refund: "../../model/resource.ts#Resource<'Refund'>",
          WebhookEvent: '../parents.ts#WebhookEventParent',
          Change: '../../service/streams.ts#ToldChange',
          QrCodeChange: '../../service/streams.ts#ToldChange',
          QrPaymentChange: '../../service/streams.ts#ToldChange',
          PaymentRequestChange: '../../service/streams.ts#ToldChange',
          PaymentChange: '../../service/streams.ts#ToldChange',
          CaptureChange: '../../service/streams.ts#ToldChange',
          PaymentSessionChange: '../../service/streams.ts#ToldChange',
          PaymentTokenChange: '../../service/streams.ts#ToldChange',
          RefundChange: '../../service/streams.ts#ToldChange',
          Activity: '../../service/streams.ts#ToldChange',
          PaymentAction: '../../model/resource.ts#PaymentAction as PaymentActionModel',
          PresentAction: '../../model/resource.ts#PaymentAction as PaymentActionModel',
          RedirectAction: '../../model/resource.ts#PaymentAction as PaymentActionModel',
          SubmitAction: '../../model/resource.ts#PaymentAction as PaymentActionModel',
          OtherAction: '../../model/resource.ts#PaymentAction as PaymentActionModel',
          Customer: '../../model/customer.ts#Customer as CustomerModel',
          Transaction: '../../model/transaction.ts#Transaction as TransactionModel',
          TransactionFee: '../../model/transaction.ts#TransactionFee as TransactionFeeModel',
          Qris: '../../model/qris.ts#Qris as QrisText',
          WatchToken: '../../service/rooms.ts#IssuedToken',
          InvalidInput: '../result.ts#FailureParent',
          Forbidden: '../result.ts#FailureParent',
          NotFound: '../result.ts#FailureParent',
          Conflict: '../result.ts#FailureParent',
          WrongState: '../result.ts#FailureParent',
          Throttled: '../result.ts#FailureParent',
          Unavailable: '../result.ts#FailureParent',
          OutcomeUnknown: '../result.ts#FailureParent',
          Rejected: '../result.ts#FailureParent',
        },
      },
    },
    'src/client/generated/schema.ts': { plugins: ['typescript'], config: forClients },
    'src/client/generated/operations.ts': {
      documents: 'src/client/operations/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        ...forClients,
        importSchemaTypesFrom: 'src/client/generated/schema.ts',
        documentMode: 'documentNode',
        optimizeDocumentNode: true,
      },
    },
    'src/client/generated/watching.ts': {
      documents: 'src/client/watching/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { ...forClients, importSchemaTypesFrom: 'src/client/generated/schema.ts', documentMode: 'string' },
    },
    ...documentsOf('web/examples'),
  },
};

export default config;
