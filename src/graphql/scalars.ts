import { GraphQLError, GraphQLScalarType, Kind, print } from 'graphql';
import { DateTimeResolver, JSONObjectResolver, JSONResolver } from 'graphql-scalars';
import { isInstant, toMilliseconds } from '../model/instant.ts';

/** Digits that a JavaScript number holds for certain. */
const exactDigits = 15;

/** Decimal text goes through as it is; whether it is a number that can be used is for the operation to say, field by field. */
const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: String,
  parseValue(value) {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && String(value).replace(/\D/g, '').length <= exactDigits) return String(value);
    throw new GraphQLError('Decimal must be text, such as "15000.50", or a number of at most 15 digits');
  },
  parseLiteral(node) {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value;
    throw new GraphQLError(`Decimal must be text, such as "15000.50", or a number, not ${print(node)}`, {
      nodes: node,
    });
  },
});

export const scalars = {
  Decimal,
  DateTime: { ...codecOf(DateTimeResolver), serialize: serializeTime },
  JSON: codecOf(JSONResolver),
  JSONObject: codecOf(JSONObjectResolver),
  CurrencyCode: textScalar('CurrencyCode'),
  Cursor: textScalar('Cursor'),
};

/** The ledger's own times have a form, which is cut to milliseconds; others are checked first. */
function serializeTime(value: unknown): unknown {
  return isInstant(value) ? toMilliseconds(value) : DateTimeResolver.serialize(value);
}

/** How a scalar is read and written; what it means is for the contract to say. */
function codecOf({ serialize, parseValue, parseLiteral }: GraphQLScalarType) {
  return { serialize, parseValue, parseLiteral };
}

function textScalar(name: string): GraphQLScalarType<string, string> {
  return new GraphQLScalarType({
    name,
    serialize: String,
    parseValue(value) {
      if (typeof value === 'string') return value;
      throw new GraphQLError(`${name} must be text`);
    },
    parseLiteral(node) {
      if (node.kind === Kind.STRING) return node.value;
      throw new GraphQLError(`${name} must be text, not ${print(node)}`, { nodes: node });
    },
  });
}
