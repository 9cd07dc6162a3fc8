#include "quantize/collect.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/parallel.h"
#include "base/text.h"
#include "evaluate/feed.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

/// One value to watch and where a run leaves it.
struct Watch {
  std::string value{};
  bool means = false;
  bool is_input = false;
  std::size_t index = 0;  ///< of the plan's input, or of the tap
};

using SampleRow = std::vector<SampleStatistics>;  // parallel to the watches

std::vector<Watch> watches(const Graph& graph, const StatisticsRequest& request, std::vector<std::string>& taps) {
  std::set<std::string, std::less<>> values = request.extremes;
  values.insert(request.channel_means.begin(), request.channel_means.end());
  std::vector<Watch> list;
  for (const auto& value : values) {
    Watch watch{value, request.channel_means.count(value) != 0, false, taps.size()};
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      if (graph.inputs[i].name == value) watch.is_input = true, watch.index = i;
    }
    if (!watch.is_input) taps.push_back(value);
    list.push_back(std::move(watch));
  }
  return list;
}

TapView view_of(const Watch& watch, const Plan& plan, PlanState& state) {
  if (!watch.is_input) return state.tap(watch.index);
  const auto bytes = state.input(watch.index);
  return {{reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)},
          plan.inputs()[watch.index].shape};
}

/// Sample `row` of a value whose outermost axis runs over `batch` samples, each perhaps with several rows (tokens
/// folded into the batch); all of a value that has no batch axis.
SampleStatistics sample_of(const TapView& view, std::size_t row, std::size_t batch, bool means) {
  const bool batched = !view.shape.empty() && view.shape[0] % static_cast<std::int64_t>(batch) == 0;
  const std::size_t size = batched ? view.values.size() / batch : view.values.size();
  const bool has_channels = view.shape.size() > 1;
  const std::int64_t channels = has_channels ? view.shape[1] : 1;
  const std::int64_t outer = has_channels ? view.shape[0] : 1;
  const std::int64_t rows = has_channels && batched ? outer / static_cast<std::int64_t>(batch) : outer;
  return observed(view.values.subspan(batched ? row * size : 0, size), channels, view.channels_last, means, rows);
}

/// Takes the blocks' rows in any order and learns them in sample order, so that sums do not depend on threads. At most
/// one block per thread waits for an earlier one.
class OrderedLearner {
 public:
  OrderedLearner(const std::vector<Watch>& list, const std::function<void(std::size_t)>& progress)
      : watches_(list), progress_(progress) {}

  void take(std::size_t block, std::vector<SampleRow> rows) {
    const std::scoped_lock lock(mutex_);
    waiting_[block] = std::move(rows);
    for (auto next = waiting_.begin(); next != waiting_.end() && next->first == next_; next = waiting_.erase(next)) {
      for (const auto& row : next->second) learn(row);
      ++next_;
    }
    if (progress_) progress_(static_cast<std::size_t>(statistics_.samples));
  }

  Statistics finished() { return std::move(statistics_); }

 private:
  void learn(const SampleRow& row) {
    for (std::size_t i = 0; i < row.size(); ++i) statistics_.values[watches_[i].value].add(row[i]);
    ++statistics_.samples;
  }

  const std::vector<Watch>& watches_;
  const std::function<void(std::size_t)>& progress_;
  std::mutex mutex_{};
  std::size_t next_ = 0;
  std::map<std::size_t, std::vector<SampleRow>> waiting_{};
  Statistics statistics_{};
};

class Collector {
 public:
  Collector(std::shared_ptr<const Plan> plan, std::vector<Watch> list, Feed feed, const Dataset& dataset,
            std::span<const std::size_t> samples)
      : plan_(std::move(plan)),
        watches_(std::move(list)),
        feed_(std::move(feed)),
        dataset_(dataset),
        samples_(samples) {}

  Result<Statistics> run(const CollectOptions& options) {
    const auto batch = static_cast<std::size_t>(plan_->batch());
    const std::size_t blocks = (samples_.size() + batch - 1) / batch;
    OrderedLearner learner(watches_, options.progress);
    std::stop_source ended;
    const std::stop_callback forward(options.stop, [&ended] { ended.request_stop(); });
    std::vector<std::optional<PlanState>> states(options.threads);
    parallel_for(blocks, options.threads, ended.get_token(), [&](std::size_t block, std::size_t worker) {
      if (!states[worker]) states[worker].emplace(plan_);
      auto rows =
          learned(*states[worker], samples_.subspan(block * batch, std::min(batch, samples_.size() - block * batch)));
      if (rows) return learner.take(block, std::move(*rows));
      note(block, rows.error());
      ended.request_stop();
    });
    if (error_) return tl::unexpected<Error>(error_->second);
    if (options.stop.stop_requested()) return fail(Cause::Cancelled, "stopped while calibrating");
    return learner.finished();
  }

 private:
  Result<std::vector<SampleRow>> learned(PlanState& state, std::span<const std::size_t> indices) const {
    if (const auto filled = feed_.fill(state, dataset_, indices); !filled) return failed(filled);
    if (const auto ran = state.run(); !ran) return failed(ran);
    const auto batch = static_cast<std::size_t>(plan_->batch());
    std::vector<SampleRow> rows(indices.size());
    for (const auto& watch : watches_) {
      const TapView view = view_of(watch, *plan_, state);
      for (std::size_t row = 0; row < rows.size(); ++row) rows[row].push_back(sample_of(view, row, batch, watch.means));
    }
    return rows;
  }

  /// Of several failures the first sample's is told, whichever thread came first.
  void note(std::size_t block, const Error& error) {
    const std::scoped_lock lock(mutex_);
    if (!error_ || block < error_->first) error_ = {block, error};
  }

  std::shared_ptr<const Plan> plan_;
  std::vector<Watch> watches_;
  Feed feed_;
  const Dataset& dataset_;
  std::span<const std::size_t> samples_;
  std::mutex mutex_{};
  std::optional<std::pair<std::size_t, Error>> error_{};
};

/// What is watched stays in memory until the end of a pass, so that fewer samples are computed at once where they would
/// take much: halves the micro-batch while a thread's activations need more than this.
constexpr std::size_t kMostActivationBytes = std::size_t{128} << 20U;

Result<std::shared_ptr<const Plan>> watching_plan(const Graph& graph, const PlanOptions& options) {
  auto batch = micro_batch(graph);
  if (!batch) return failed(batch);
  PlanCache cache;
  auto plan = Plan::build(graph, options, *batch, cache);
  while (plan && *batch > 1 && !fixed_batch(graph) && (*plan)->activation_bytes() > kMostActivationBytes) {
    *batch /= 2;
    plan = Plan::build(graph, options, *batch, cache);
  }
  return plan;
}

}  // namespace

Result<Statistics> collected(const Graph& graph, const StatisticsRequest& request, const Dataset& dataset,
                             std::span<const std::size_t> samples, const CollectOptions& options) {
  if (samples.empty()) return fail(Cause::InvalidInput, "calibration: the data has no samples");
  PlanOptions plan_options;
  auto list = watches(graph, request, plan_options.taps);
  auto plan = watching_plan(sized(graph, dataset.inputs()), plan_options);
  if (!plan) return failed(plan);
  auto feed = Feed::matched(dataset.inputs(), **plan);
  if (!feed) return failed(feed);
  auto statistics = Collector(*plan, std::move(list), std::move(*feed), dataset, samples).run(options);
  if (!statistics) return failed(statistics, "calibration");
  for (const auto& [value, learned] : statistics->values) {
    if (learned.samples > 0) continue;
    return fail(Cause::InvalidInput, "calibration: '{}' has no finite element in any of {} samples", printable(value),
                statistics->samples);
  }
  return statistics;
}

}  // namespace quantrail
