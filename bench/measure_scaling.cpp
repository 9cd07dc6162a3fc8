#include <sched.h>

#include <atomic>
#include <thread>

#include "pair_timing.h"

namespace quantrail::bench {
namespace {

constexpr std::size_t kSamples = 32;

/// Keeps one processor busy while it lives.
class BusyNeighbour {
 public:
  BusyNeighbour() : thread_([this] { work(); }) {}
  ~BusyNeighbour() { done_ = true; }
  BusyNeighbour(const BusyNeighbour&) = delete;
  BusyNeighbour& operator=(const BusyNeighbour&) = delete;

 private:
  void work() {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
      int cpu = 0;
      while (CPU_ISSET(cpu, &allowed) == 0) ++cpu;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof one, &one);
    }
    while (!done_) count_.fetch_add(1, std::memory_order_relaxed);
  }
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> count_{0};
  std::jthread thread_;
};

/// Each round's time on one thread over that on two. Larger is better, so the peer's is divided by ours, not the other
/// way round, in the ratio of the row.
Row gains(std::string name, const PairedTimes& one, const PairedTimes& two) {
  Row row;
  row.name = std::move(name);
  row.unit = "x";
  row.ours = median(one.ours) / median(two.ours);
  if (one.peer.empty() || two.peer.empty()) return row;
  row.peer = median(one.peer) / median(two.peer);
  row.ratio = row.ours / *row.peer;
  row.ratio_low = row.ratio_high = *row.ratio;
  return row;
}

}  // namespace

Result<std::vector<Row>> measured_scaling(const Subject& subject, const Form& form) {
  const auto batch = first_samples(*subject.network.network->samples(kSamples), kSamples);
  if (!batch) return failed(batch);
  const auto one = timed_in_turns(subject, form, *batch, 1);
  if (!one) return failed(one);
  const auto two = timed_in_turns(subject, form, *batch, 2);
  if (!two) return failed(two);
  std::vector<Row> rows{gains(case_name(subject, form, "2 threads over 1"), *one, *two)};
  const BusyNeighbour neighbour;
  const auto disturbed = timed_in_turns(subject, form, *batch, 2);
  if (!disturbed) return failed(disturbed);
  rows.push_back(gains(case_name(subject, form, "2 threads over 1, one core busy"), *one, *disturbed));
  return rows;
}

}  // namespace quantrail::bench
