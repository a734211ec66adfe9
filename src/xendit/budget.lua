-- One step of the budget that instances share: the arithmetic of budget.ts, on what Redis holds and by its clock, so that
-- theirs needn't agree. test/xendit/budget.test.ts holds the two to the same answers.
local taken, reconciled, hash, index = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local operation, name = ARGV[1], ARGV[2]
local windowMs, requestsPerMinute, share = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local now = tonumber(ARGV[6])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end

local soonMs = 1000
local dayMs = 86400000

local function read(field)
  return tonumber(redis.call('HGET', hash, field) or nil)
end

local function slide(times)
  redis.call('ZREMRANGEBYSCORE', times, '-inf', now - windowMs)
end

local function forgetWord()
  redis.call('HDEL', hash, 'asOf', 'remaining', 'counted', 'reopensAt', 'expiresAt')
end

slide(taken)
slide(reconciled)
local limit = read('limit') or requestsPerMinute
local total = read('total') or 0
local expiresAt = read('expiresAt')
if expiresAt and expiresAt <= now then
  forgetWord()
  expiresAt = nil
end

local function add(times, id, at)
  return redis.call('ZADD', times, 'NX', at, id)
end

-- What is kept is gone by itself: calls with their minute, Xendit's word on its limit after a day.
local function touch()
  redis.call('HSET', hash, 'total', total)
  redis.call('PEXPIRE', hash, dayMs)
  redis.call('PEXPIRE', taken, math.ceil(windowMs))
  redis.call('PEXPIRE', reconciled, math.ceil(windowMs))
  redis.call('ZADD', index, now, name)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now - windowMs)
  redis.call('PEXPIRE', index, math.ceil(windowMs))
end

local function windowWaitMs(times, places)
  local count = redis.call('ZCARD', times)
  if count < places then return 0 end
  local at = redis.call('ZRANGE', times, count - places, count - places, 'WITHSCORES')[2]
  return (tonumber(at) or now) + windowMs - now
end

local function placesByWord()
  local reopened = now >= read('reopensAt') and 1 or 0
  return read('remaining') + reopened - (total - read('counted'))
end

local function wordWaitMs()
  if not expiresAt or placesByWord() > 0 then return 0 end
  local untilReopened = read('reopensAt') - now
  if untilReopened > 0 then return untilReopened end
  return math.min(expiresAt - now, soonMs)
end

local function waitMs(purpose)
  local places = purpose == 'reconciler' and math.floor(limit * share) or limit
  return math.max(windowWaitMs(taken, limit), windowWaitMs(reconciled, places), wordWaitMs())
end

-- Takes a place, and answers 0; or how long until there is one.
local function take(purpose, id)
  local wait = waitMs(purpose)
  if wait > 0 then return math.ceil(wait) end
  total = total + add(taken, id, now)
  if purpose == 'reconciler' then add(reconciled, id, now) end
  touch()
  return 0
end

-- Hears of calls that an instance counted by itself, or that Redis has forgotten; the same call is counted once.
local function tell(calls)
  local asOf, counted = read('asOf'), read('counted')
  for _, call in ipairs(calls) do
    local at = now - call.ageMs
    if at > now - windowMs then
      local added = add(taken, call.id, at)
      total = total + added
      if asOf and at <= asOf then counted = counted + added end
      if call.isReconciled then add(reconciled, call.id, at) end
    end
  end
  if asOf then redis.call('HSET', hash, 'counted', counted) end
  touch()
  return 0
end

-- Hears what Xendit said; empty text where it said nothing of a thing.
local function learn(status, durationMs, saidLimit, remaining, resetMs)
  if saidLimit then
    limit = saidLimit
    redis.call('HSET', hash, 'limit', limit)
  end
  local sentAt = now - durationMs
  local function keep(asOf, left, counted)
    redis.call('HSET', hash, 'asOf', asOf, 'remaining', left, 'counted', counted)
    redis.call('HSET', hash, 'reopensAt', now + resetMs, 'expiresAt', now + windowMs)
  end
  if status == 429 then
    keep(now, 0, total)
  elseif remaining and sentAt >= (read('asOf') or sentAt) then
    local later = redis.call('ZCOUNT', taken, string.format('(%.17g', sentAt), '+inf')
    local isShared = limit - remaining > redis.call('ZCARD', taken)
    if isShared then keep(sentAt, remaining, total - later) else forgetWord() end
  end
  touch()
  return 0
end

-- Answers limit, remaining and how long until the next place comes free; nothing when there is nothing to tell.
local function view()
  local count = redis.call('ZCARD', taken)
  if count == 0 and not expiresAt then return false end
  local left = limit - count
  local resetMs = waitMs('caller')
  if expiresAt then
    left = math.min(left, placesByWord())
  elseif count > 0 then
    local oldest = redis.call('ZRANGE', taken, 0, 0, 'WITHSCORES')[2]
    resetMs = math.max(resetMs, oldest + windowMs - now)
  end
  return { limit, math.max(0, left), math.ceil(resetMs) }
end

if operation == 'take' then return take(ARGV[7], ARGV[8]) end
if operation == 'tell' then return tell(cjson.decode(ARGV[7])) end
if operation == 'learn' then
  return learn(tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]))
end
return view()
