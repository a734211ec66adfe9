-- CreateTable
CREATE TABLE "Epoch" (
    "id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Epoch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Horizon" (
    "account" TEXT NOT NULL,
    "transaction" BIGINT NOT NULL,
    "changeId" BIGINT NOT NULL,

    CONSTRAINT "Horizon_pkey" PRIMARY KEY ("account")
);
