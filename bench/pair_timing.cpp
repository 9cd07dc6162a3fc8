#include "pair_timing.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace quantrail::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// Milliseconds per run.
Result<double> timed(OurRunner& ours, const Batch& batch, std::size_t times) {
  const auto start = Clock::now();
  for (std::size_t k = 0; k < times; ++k) {
    if (const auto result = ours.run(batch); !result) return failed(result);
  }
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count() / static_cast<double>(times);
}

Result<double> timed(OrtPeer& peer, std::size_t times) {
  const auto ms = peer.run(times);
  if (!ms) return failed(ms);
  double sum = 0.0;
  for (const double one : *ms) sum += one;
  return sum / static_cast<double>(times);
}

/// ONNX Runtime's threads spin for a while after a run; ours must not pay for that.
void let_threads_sleep() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

Status warm_up(OrtPeer& peer, const Form& form, const Batch& batch, std::size_t threads) {
  if (const auto loaded = peer.load(form.file, threads); !loaded) return failed(loaded);
  if (const auto set = peer.set_input(batch); !set) return failed(set);
  if (const auto warm = peer.run(3); !warm) return failed(warm);
  let_threads_sleep();
  return {};
}

std::size_t repetitions(double round_ms, double ms) { return static_cast<std::size_t>(std::max(1.0, round_ms / ms)); }

/// Milliseconds per run in one round. A processor that was idle takes a while to reach its clock rate, and caches hold
/// what the other side left: both sides run as long as a round takes before they are timed.
template <class Side>
Result<double> warm_round(double round_ms, double expected_ms, const Side& timed_runs) {
  const std::size_t count = repetitions(round_ms, expected_ms);
  if (const auto before = timed_runs(count); !before) return before;
  return timed_runs(count);
}

}  // namespace

Result<PairedTimes> timed_in_turns(const Timing& timing, const Form& form, const Batch& batch, std::size_t threads) {
  auto ours = OurRunner::made(*form.graph, form.quantization, batch.samples, threads);
  if (!ours) return failed(ours, form.name);
  if (timing.peer) {
    if (const auto ready = warm_up(*timing.peer, form, batch, threads); !ready) return failed(ready);
  }
  if (const auto cold = timed(*ours, batch, 2); !cold) return failed(cold);
  const auto warm = timed(*ours, batch, 1);
  if (!warm) return failed(warm);

  PairedTimes times;
  for (std::size_t round = 0; round < timing.rounds; ++round) {
    const auto mine = warm_round(timing.round_ms, *warm, [&](std::size_t count) { return timed(*ours, batch, count); });
    if (!mine) return failed(mine);
    times.ours.push_back(*mine);
    if (!timing.peer) continue;
    const double expected = times.peer.empty() ? 2.0 * *warm : times.peer.back();
    const auto theirs =
        warm_round(timing.round_ms, expected, [&](std::size_t count) { return timed(*timing.peer, count); });
    if (!theirs) return failed(theirs);
    times.peer.push_back(*theirs);
    let_threads_sleep();
  }
  return times;
}

}  // namespace quantrail::bench
