-- AlterTable
ALTER TABLE "OnceKey" ADD COLUMN     "input" TEXT NOT NULL DEFAULT 'null';
ALTER TABLE "OnceKey" ALTER COLUMN "input" DROP DEFAULT;

-- AlterTable
ALTER TABLE "Resource" ADD COLUMN     "askAt" TIMESTAMPTZ(6),
ADD COLUMN     "collection" TEXT;

-- What is there already: searched like the rest, and asked about unless it is settled
UPDATE "Resource" SET
  "collection" = "account" || ':' || "type",
  "createdAt" = COALESCE("createdAt", "observedAt"),
  "askAt" = CASE WHEN "status" IN ('SUCCEEDED', 'COMPLETED', 'INACTIVE', 'VOIDED', 'REFUNDED') THEN NULL ELSE now() END;

-- AlterTable
ALTER TABLE "Resource" ALTER COLUMN "collection" SET NOT NULL,
ALTER COLUMN "createdAt" SET NOT NULL;

-- CreateIndex
CREATE INDEX "OnceKey_resourceId_operation_account_idx" ON "OnceKey"("resourceId", "operation", "account");

-- CreateIndex
CREATE INDEX "Resource_collection_createdAt_id_idx" ON "Resource"("collection", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Resource_collection_status_createdAt_id_idx" ON "Resource"("collection", "status", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Resource_collection_channel_createdAt_id_idx" ON "Resource"("collection", "channel", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Resource_collection_amount_createdAt_id_idx" ON "Resource"("collection", "amount", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Resource_askAt_idx" ON "Resource"("askAt");
