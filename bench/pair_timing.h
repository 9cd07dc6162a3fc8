#pragma once

#include "measurements.h"
#include "our_runner.h"

namespace quantrail::bench {

/// Milliseconds per run of each round, ours and the peer's taken in turns.
struct PairedTimes {
  std::vector<double> ours{};
  std::vector<double> peer{};  ///< empty without a peer
};

/// Times both sides on `batch`. The peer gets `threads` threads inside operators.
[[nodiscard]] Result<PairedTimes> timed_in_turns(const Timing& timing, const Form& form, const Batch& batch,
                                                 std::size_t threads);

}  // namespace quantrail::bench
