-- wrk asks for the paths of a file in turn, in one encoding, and prints one line of figures at the end.
local requests, turn = {}, 0

function init(args)
  local headers = { ["Accept-Encoding"] = args[2], ["Host"] = "127.0.0.1" }
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("FIGURES %d %d %d %d %.0f %.0f\n", summary.requests, summary.duration, summary.bytes,
                         failed, latency:percentile(50), latency:percentile(99)))
end
