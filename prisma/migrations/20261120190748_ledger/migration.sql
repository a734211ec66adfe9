-- CreateTable
CREATE TABLE "WebhookEvent" (
    "id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "webhookId" TEXT,
    "event" TEXT,
    "family" TEXT,
    "businessId" TEXT,
    "subjectType" TEXT,
    "subjectId" TEXT,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "body" BYTEA NOT NULL,
    "receivedAt" TIMESTAMPTZ(6) NOT NULL,
    "lastReceivedAt" TIMESTAMPTZ(6) NOT NULL,
    "deliveries" INTEGER NOT NULL,

    CONSTRAINT "WebhookEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Resource" (
    "account" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "reference" TEXT,
    "parent" TEXT,
    "status" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "amount" DECIMAL(65,30),
    "currency" TEXT,
    "channel" TEXT,
    "createdAt" TIMESTAMPTZ(6),
    "updatedAt" TIMESTAMPTZ(6),
    "observedAt" TIMESTAMPTZ(6) NOT NULL,
    "data" TEXT NOT NULL,

    CONSTRAINT "Resource_pkey" PRIMARY KEY ("account","type","id")
);

-- CreateTable
CREATE TABLE "Change" (
    "id" BIGSERIAL NOT NULL,
    "transaction" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "account" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "fromStatus" TEXT,
    "toStatus" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "causeType" TEXT,
    "causeId" TEXT,
    "snapshot" TEXT NOT NULL,
    "occurredAt" TIMESTAMPTZ(6) NOT NULL,
    "recordedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OnceKey" (
    "account" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "resourceId" TEXT,
    "startedAt" TIMESTAMPTZ(6) NOT NULL,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "OnceKey_pkey" PRIMARY KEY ("account","operation","key")
);

-- CreateIndex
CREATE INDEX "WebhookEvent_account_receivedAt_id_idx" ON "WebhookEvent"("account", "receivedAt", "id");

-- CreateIndex
CREATE INDEX "WebhookEvent_subjectId_account_idx" ON "WebhookEvent"("subjectId", "account");

-- CreateIndex
CREATE INDEX "Resource_reference_account_type_idx" ON "Resource"("reference", "account", "type");

-- CreateIndex
CREATE INDEX "Resource_parent_account_type_createdAt_id_idx" ON "Resource"("parent", "account", "type", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Change_account_transaction_id_idx" ON "Change"("account", "transaction", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Change_account_type_resourceId_version_key" ON "Change"("account", "type", "resourceId", "version");

-- CreateIndex
CREATE INDEX "OnceKey_state_updatedAt_idx" ON "OnceKey"("state", "updatedAt");
