//! What Redis does by itself about who is where.
//!
//! | key | what | for how long |
//! |---|---|---|
//! | `call:relays:{tag}` | sorted set: until when each relay counts as alive; `!` before one whose sessions are being ended | 1 h |
//! | `call:sessions:{tag}:<relay>` | hash: the devices whose sessions a relay has, with their users | 1 h, given anew each minute |
//! | `call:at:{tag}:<device>` | hash: at which `relay` its session is, whose it is (`user`, `person`) | the same |
//! | `call:here:{tag}:<user>` | hash: the devices at which somebody can be reached, each with its relay | the same |
//! | `call:people:{tag}` | hash: everybody in the directory | the same |
//!
//! and two kinds of channels: `call:relay:{tag}:<relay>`, for one relay, and `call:all:{tag}`.

use redis::Script;

use super::scripts::KEY;

/// What the scripts below share.
const ROLL: &str = "
local relays, people, all = 'call:relays:{' .. tag .. '}', 'call:people:{' .. tag .. '}', 'call:all:{' .. tag .. '}'
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function absent(device, user)
  redis.call('HDEL', key('here', user), device)
  if redis.call('HLEN', key('here', user)) == 0 then
    redis.call('HDEL', people, user)
    redis.call('PUBLISH', all, cjson.encode({gone = user}))
  end
end
";

/// `ARGV[2]`: the relay; `ARGV[3]`: milliseconds for which it is alive; `ARGV[4]`: milliseconds for which it alone ends the
/// sessions of relays that died; `ARGV[5]`: of the keys. Answers with 1 if it counted as alive until now, or else 0, and with
/// the relays that died.
const BEAT: &str = "
local now = clock()
local known = redis.call('ZSCORE', relays, ARGV[2])
local alive = known and tonumber(known) >= now and 1 or 0
redis.call('ZADD', relays, now + ARGV[3], ARGV[2])
redis.call('PEXPIRE', relays, ARGV[5])
local dead = {}
for _, found in ipairs(redis.call('ZRANGEBYSCORE', relays, '-inf', now)) do
  redis.call('ZREM', relays, found)
  local relay = string.gsub(found, '^!', '')
  redis.call('ZADD', relays, now + ARGV[4], '!' .. relay)
  dead[#dead + 1] = relay
end
return {alive, dead}
";

/// `ARGV[2]`: the relay; `ARGV[3]`: 1 if it is dead and 0 if not; `ARGV[4]`: the most sessions. Answers with devices and
/// users of its sessions; a dead relay is forgotten when there are none.
const SESSIONS: &str = "
local found = redis.call('HGETALL', key('sessions', ARGV[2]))
if #found == 0 and ARGV[3] == '1' then redis.call('ZREM', relays, '!' .. ARGV[2]) end
local some = {}
for i = 1, math.min(#found, ARGV[4] * 2) do some[i] = found[i] end
return some
";

/// `ARGV[2]`: the relay; `ARGV[3]`: how many people the directory has places for; `ARGV[4]`: milliseconds; `ARGV[5]`: 1 if a
/// session that is at another relay is to stay there; then device, user, JSON of the person, and 1 if they can be reached,
/// for each. Answers for each with 0 if it was at this relay, 1 if it was not, 2 if the device is somebody else's or stays where it
/// is; and with 1 if its user is in the directory.
const ARRIVE: &str = "
local me, places, life, stay = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5] == '1'
local results = {}
for i = 6, #ARGV, 4 do
  local device, user, person, reached = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3] == '1'
  local at = redis.call('HMGET', key('at', device), 'relay', 'user')
  local elsewhere = at[1] and at[1] ~= me
  if (at[1] and at[2] ~= user) or (elsewhere and stay) then
    results[#results + 1] = {2, 0}
  else
    if elsewhere then
      redis.call('HDEL', key('sessions', at[1]), device)
      redis.call('PUBLISH', key('relay', at[1]), cjson.encode({moved = device}))
    end
    redis.call('HSET', key('at', device), 'relay', me, 'user', user, 'person', person)
    redis.call('PEXPIRE', key('at', device), life)
    redis.call('HSET', key('sessions', me), device, user)
    redis.call('PEXPIRE', key('sessions', me), life)
    if reached then
      redis.call('HSET', key('here', user), device, me)
      redis.call('PEXPIRE', key('here', user), life)
      local known = redis.call('HGET', people, user)
      if known ~= person and (known or redis.call('HLEN', people) < places) then
        redis.call('HSET', people, user, person)
        redis.call('PUBLISH', all, cjson.encode({
          here = person, doing = table.concat(redis.call('HVALS', key('user', user)), ',')
        }))
      end
      redis.call('PEXPIRE', people, life)
    end
    results[#results + 1] = {at[1] == me and 0 or 1, redis.call('HEXISTS', people, user)}
  end
end
return results
";

/// `ARGV[2]`: the relay; `ARGV[3]`: 1 if the session is over, 0 if only nobody can be reached; then device and user of each.
const LEAVE: &str = "
for i = 4, #ARGV, 2 do
  local device, user = ARGV[i], ARGV[i + 1]
  local at = redis.call('HGET', key('at', device), 'relay')
  if ARGV[3] == '1' then redis.call('HDEL', key('sessions', ARGV[2]), device) end
  if not at or at == ARGV[2] then
    if ARGV[3] == '1' then redis.call('DEL', key('at', device)) end
    absent(device, user)
  end
end
return 0
";

/// From `ARGV[2]` on: users. Answers for each with JSON of the person, or nothing, and the devices.
const REACH: &str = "
local found = {}
for i = 2, #ARGV do
  local devices = redis.call('HKEYS', key('here', ARGV[i]))
  table.sort(devices)
  local person = devices[1] and redis.call('HGET', key('at', devices[1]), 'person')
  found[#found + 1] = {person or '', devices}
end
return found
";

/// `ARGV[2]`: the relay. Tells it everybody in the directory, as JSON, and what they do: on its channel, so that it comes in
/// order with what else is said of them.
const CENSUS: &str = "
local found = {}
local everybody = redis.call('HGETALL', people)
for i = 1, #everybody, 2 do
  found[#found + 1] = {everybody[i + 1], table.concat(redis.call('HVALS', key('user', everybody[i])), ',')}
end
local said = {counted = true}
if #found > 0 then said.census = found end
redis.call('PUBLISH', key('relay', ARGV[2]), cjson.encode(said))
return 0
";

/// `ARGV[2]`: JSON of frames (device, type, `data`), to be sent to wherever their devices are.
const FORWARD: &str = "
send_frames(cjson.decode(ARGV[2]), {})
return 0
";

/// Sends frames to the relays that have their devices, and says what calls they are about.
pub(super) const SEND_FRAMES: &str = "
local function send_frames(frames, calls)
  local bundles = {}
  for _, frame in ipairs(frames) do
    local relay = redis.call('HGET', key('at', frame[1]), 'relay')
    if relay then
      local bundle = bundles[relay] or {frames = {}}
      bundle.frames[#bundle.frames + 1] = frame
      bundles[relay] = bundle
    end
  end
  for relay, bundle in pairs(bundles) do
    if #calls > 0 then bundle.calls = calls end
    redis.call('PUBLISH', key('relay', relay), cjson.encode(bundle))
  end
end
";

/// All of them.
pub(super) struct RollScripts {
    /// See [`BEAT`].
    pub(super) beat: Script,
    /// See [`SESSIONS`].
    pub(super) sessions: Script,
    /// See [`ARRIVE`].
    pub(super) arrive: Script,
    /// See [`LEAVE`].
    pub(super) leave: Script,
    /// See [`REACH`].
    pub(super) reach: Script,
    /// See [`CENSUS`].
    pub(super) census: Script,
    /// See [`FORWARD`].
    pub(super) forward: Script,
}

impl RollScripts {
    pub(super) fn new() -> Self {
        let with_roll = |script| Script::new(&[KEY, ROLL, script].concat());
        Self {
            beat: with_roll(BEAT),
            sessions: with_roll(SESSIONS),
            arrive: with_roll(ARRIVE),
            leave: with_roll(LEAVE),
            reach: with_roll(REACH),
            census: with_roll(CENSUS),
            forward: Script::new(&[KEY, SEND_FRAMES, FORWARD].concat()),
        }
    }
}

/// What a relay listens to: its own channel, and that of all.
pub(super) fn channels(tag: &str, relay: &str) -> Vec<String> {
    vec![format!("call:relay:{{{tag}}}:{relay}"), format!("call:all:{{{tag}}}")]
}
