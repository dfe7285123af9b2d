//! What Redis does by itself, in one step: looking up all that a verb needs, and writing all that came of it.
//!
//! | key | what | for how long |
//! |---|---|---|
//! | `call:active:{tag}:<call>` | hash: `v` its version, `by` which relay, `record`, `places`, `room` | 1 h after the last change; 5 min once it is over |
//! | `call:user:{tag}:<user>` | hash: what they do in each of their calls | as long as the call's, and at most 10 min longer |
//! | `call:device:{tag}:<device>` | hash: `seat` or `door` in each of its calls | the same |
//! | `call:room:{tag}:<code>` | hash: `v`, `made`, `call`, `since` | 1 h, or as long as its call's |
//! | `call:due:{tag}` | sorted set: when each call has a time-out | always |
//! | `call:empty:{tag}` | sorted set: since when each room stands empty | always |
//!
//! What concerns two users, three devices and a call is one step. Redis takes such a step only with keys that one node of a
//! cluster holds, so all keys of one group of relays have the same hash tag.

use redis::Script;

use super::roll_scripts::SEND_FRAMES;

/// What all scripts share.
pub(super) const KEY: &str = "
local tag = ARGV[1]
local function key(kind, id) return 'call:' .. kind .. ':{' .. tag .. '}:' .. id end
local due, empty = 'call:due:{' .. tag .. '}', 'call:empty:{' .. tag .. '}'
";

/// The ids of a hash's fields that are calls in a fixed order: what a verb has seen of a user or device.
const INDEX: &str = "
local function index(kind, id)
  local calls = redis.call('HKEYS', key(kind, id))
  table.sort(calls)
  return calls
end
";

/// `ARGV[2]`: JSON of [`super::look::Want`]. Answers with calls, rooms, devices and users, each a list of lists;
/// with nothing if the device `want.at` is at another relay than that.
const LOOK: &str = "
local want = cjson.decode(ARGV[2])
if want.at then
  local at = redis.call('HGET', key('at', want.at[1]), 'relay')
  if at and at ~= want.at[2] then return false end
end
local calls, rooms, seen, entered = {}, {}, {}, {}
local look_at_room
local function look_at(id)
  if seen[id] == nil then
    local found = redis.call('HMGET', key('active', id), 'v', 'record', 'places', 'room', 'by')
    seen[id] = found[1] and true or false
    if found[1] then
      calls[#calls + 1] = {id, found[1], found[2], found[3], found[5]}
      if found[4] ~= '' then look_at_room(found[4]) end
    end
  end
  return seen[id]
end
look_at_room = function(code)
  if entered[code] then return end
  entered[code] = true
  local found = redis.call('HMGET', key('room', code), 'v', 'made', 'call', 'since')
  if found[1] then
    rooms[#rooms + 1] = {code, found[1], found[2], found[3], found[4]}
    if found[3] ~= '' then look_at(found[3]) end
  end
end
local function look_through(kind, ids)
  local all = {}
  for _, id in ipairs(ids) do
    local there = {}
    for _, call in ipairs(index(kind, id)) do
      -- Whatever the call left behind when its time was over goes when somebody comes upon it.
      if look_at(call) then there[#there + 1] = call else redis.call('HDEL', key(kind, id), call) end
    end
    all[#all + 1] = {id, there}
  end
  return all
end
for _, id in ipairs(want.calls) do look_at(id) end
for _, code in ipairs(want.rooms) do look_at_room(code) end
local devices = look_through('device', want.devices)
local users = look_through('user', want.users)
return {calls, rooms, devices, users}
";

/// `ARGV[2]`: JSON of [`super::plan::Plan`]; from `ARGV[3]` on, the texts that it refers to by their place. Answers with
/// nothing if what the verb has seen is not so any more, and else with what each user of a changed call did before and does
/// now. Other relays are told that as well, and what their people are to be told.
const WRITE: &str = "
local plan = cjson.decode(ARGV[2])
local function version(kind, id) return tonumber(redis.call('HGET', key(kind, id), 'v') or 0) end
for id, seen in pairs(plan.seen.calls) do
  if version('active', id) ~= seen then return false end
end
for code, seen in pairs(plan.seen.rooms) do
  if version('room', code) ~= seen then return false end
end
for _, kind in ipairs({'device', 'user'}) do
  for id, seen in pairs(plan.seen[kind .. 's']) do
    if table.concat(index(kind, id), ' ') ~= table.concat(seen, ' ') then return false end
  end
end
if plan.seen.at then
  local at = redis.call('HGET', key('at', plan.seen.at[1]), 'relay')
  if at and at ~= plan.seen.at[2] then return false end
end
for _, room in ipairs(plan.rooms) do
  local at = key('room', room.code)
  if room.made == 0 then
    redis.call('DEL', at)
    redis.call('ZREM', empty, room.code)
  else
    redis.call('HSET', at, 'v', room.version, 'made', ARGV[room.made], 'call', room.call, 'since', room.since)
    redis.call('PEXPIRE', at, plan.life)
    if room.call == '' then
      redis.call('ZADD', empty, room.since, room.code)
      if redis.call('ZCARD', empty) > plan.most_rooms then
        redis.call('DEL', key('room', redis.call('ZPOPMIN', empty)[1]))
      end
    else
      redis.call('ZREM', empty, room.code)
    end
  end
end
local did, told = {}, {}
for _, call in ipairs(plan.calls) do
  local at = key('active', call.id)
  redis.call('HSET', at, 'v', call.version, 'by', plan.by, 'room', call.room,
    'record', ARGV[call.record], 'places', ARGV[call.record + 1])
  redis.call('PEXPIRE', at, call.life)
  if call.room ~= '' then redis.call('PEXPIRE', key('room', call.room), plan.life) end
  if call.due < 0 then redis.call('ZREM', due, call.id) else redis.call('ZADD', due, call.due, call.id) end
  for _, change in ipairs(call.devices) do
    local device = key('device', change[1])
    if change[2] == '' then redis.call('HDEL', device, call.id) else redis.call('HSET', device, call.id, change[2]) end
    redis.call('PEXPIRE', device, plan.index_life)
  end
  for _, change in ipairs(call.users) do
    local user = key('user', change[1])
    local before = redis.call('HVALS', user)
    if change[2] == '' then redis.call('HDEL', user, call.id) else redis.call('HSET', user, call.id, change[2]) end
    redis.call('PEXPIRE', user, plan.index_life)
    local after = redis.call('HVALS', user)
    did[#did + 1] = {change[1], before, after}
    told[#told + 1] = {change[1], table.concat(before, ','), table.concat(after, ',')}
  end
end
if #told > 0 then redis.call('PUBLISH', 'call:all:{' .. tag .. '}', cjson.encode({by = plan.by, did = told})) end
send_frames(plan.frames, plan.about)
return {did}
";

/// `ARGV[2]`: now; `ARGV[3]`: until when nobody else looks after what is due now; `ARGV[4]`: the most calls. Answers with
/// calls whose time-out is due.
const TAKE_DUE: &str = "
local calls = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[2], 'LIMIT', 0, ARGV[4])) do
  if redis.call('EXISTS', key('active', id)) == 1 then
    redis.call('ZADD', due, ARGV[3], id)
    calls[#calls + 1] = id
  else
    redis.call('ZREM', due, id)
  end
end
return calls
";

/// All of them.
pub(super) struct Scripts {
    /// See [`LOOK`].
    pub(super) look: Script,
    /// See [`WRITE`].
    pub(super) write: Script,
    /// See [`TAKE_DUE`].
    pub(super) take_due: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            look: Script::new(&[KEY, INDEX, LOOK].concat()),
            write: Script::new(&[KEY, INDEX, SEND_FRAMES, WRITE].concat()),
            take_due: Script::new(&[KEY, TAKE_DUE].concat()),
        }
    }
}

/// The key by which a script's node is found.
pub(super) fn routing_key(tag: &str) -> String {
    format!("call:due:{{{tag}}}")
}
