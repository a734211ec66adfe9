-- AlterTable
ALTER TABLE "WebhookEvent" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "retryAt" TIMESTAMPTZ(6);

-- CreateIndex
CREATE INDEX "WebhookEvent_outcome_event_id_idx" ON "WebhookEvent"("outcome", "event", "id");

-- CreateIndex
CREATE INDEX "WebhookEvent_retryAt_idx" ON "WebhookEvent"("retryAt");


-- What has failed so far is read again too
UPDATE "WebhookEvent" SET "retryAt" = now() WHERE "outcome" = 'FAILED';
