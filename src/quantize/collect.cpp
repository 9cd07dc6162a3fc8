#include "quantize/collect.h"

#include <algorithm>
#include <cassert>
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
  Learning learning{};
  bool histogram = false;
  bool last_axis = false;
  enum class Source { Input, Tap, Output } source = Source::Tap;
  std::size_t index = 0;  ///< of the plan's input, tap or output
};

using SampleRow = std::vector<SampleStatistics>;  // parallel to the watches

template <class Values>
std::optional<std::size_t> place_in(const Values& values, const std::string& name) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].name == name) return i;
  }
  return std::nullopt;
}

/// Values that are no inputs become `taps`; of a `quantized` network they are outputs.
std::vector<Watch> watches(const Graph& graph, const StatisticsRequest& request, bool quantized,
                           std::vector<std::string>& taps) {
  std::set<std::string, std::less<>> values = request.extremes;
  for (const auto* more :
       {&request.histograms, &request.channel_means, &request.channel_magnitudes, &request.channel_quantiles}) {
    values.insert(more->begin(), more->end());
  }
  std::vector<Watch> list;
  for (const auto& value : values) {
    Watch watch{.value = value,
                .histogram = request.histograms.contains(value),
                .last_axis = request.last_axis.contains(value),
                .index = taps.size()};
    watch.learning = {.channel_means = request.channel_means.contains(value),
                      .channel_magnitudes = request.channel_magnitudes.contains(value),
                      .channel_quantiles = request.channel_quantiles.contains(value)};
    if (request.extremes.contains(value)) watch.learning.outlier_probs = request.outlier_probs;
    if (const auto input = place_in(graph.inputs, value)) {
      watch.source = Watch::Source::Input;
      watch.index = *input;
    } else if (quantized) {
      const auto output = place_in(graph.outputs, value);
      assert(output && "of a quantized network only outputs can be learned about");
      watch.source = Watch::Source::Output;
      watch.index = *output;
    } else {
      taps.push_back(value);
    }
    list.push_back(std::move(watch));
  }
  return list;
}

TapView view_of(const Watch& watch, const Plan& plan, PlanState& state) {
  if (watch.source == Watch::Source::Tap) return state.tap(watch.index);
  const bool output = watch.source == Watch::Source::Output;
  const std::span<const std::byte> bytes = output ? state.output(watch.index) : state.input(watch.index);
  return {{reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)},
          output ? plan.outputs()[watch.index].shape : plan.inputs()[watch.index].shape};
}

/// Sample `row` of a value whose outermost axis runs over `batch` samples, each perhaps with several rows (tokens
/// folded into the batch); all of a value that has no batch axis.
struct SampleView {
  std::span<const float> values{};
  ChannelLayout layout{};
};

SampleView sample_of(const TapView& view, std::size_t row, std::size_t batch, bool last_axis) {
  const bool batched = !view.shape.empty() && view.shape[0] % static_cast<std::int64_t>(batch) == 0;
  const std::size_t size = batched ? view.values.size() / batch : view.values.size();
  const auto sample = view.values.subspan(batched ? row * size : 0, size);
  if (last_axis && view.shape.size() > 2 && !view.channels_last) return {sample, {view.shape.back(), true, 1}};
  const bool has_channels = view.shape.size() > 1;
  const std::int64_t channels = has_channels ? view.shape[1] : 1;
  const std::int64_t outer = has_channels ? view.shape[0] : 1;
  const std::int64_t rows = has_channels && batched ? outer / static_cast<std::int64_t>(batch) : outer;
  return {sample, {channels, view.channels_last, rows}};
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

  Statistics finished() {
    for (auto& [name, value] : statistics_.values) value.finish();
    return std::move(statistics_);
  }

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
    std::vector<std::optional<Worker>> workers(options.threads);
    parallel_for(blocks, options.threads, ended.get_token(), [&](std::size_t block, std::size_t worker) {
      if (!workers[worker]) workers[worker].emplace(plan_, watches_.size());
      auto rows =
          learned(*workers[worker], samples_.subspan(block * batch, std::min(batch, samples_.size() - block * batch)));
      if (rows) return learner.take(block, std::move(*rows));
      note(block, rows.error());
      ended.request_stop();
    });
    if (error_) return tl::unexpected<Error>(error_->second);
    if (options.stop.stop_requested()) return fail(Cause::Cancelled, "stopped while calibrating");
    Statistics statistics = learner.finished();
    for (const auto& worker : workers) {
      for (std::size_t i = 0; worker && i < watches_.size(); ++i) {
        if (watches_[i].histogram) statistics.values[watches_[i].value].histogram.merge(worker->histograms[i]);
      }
    }
    return statistics;
  }

 private:
  /// Histograms do not depend on the order of samples, so that each thread fills its own.
  struct Worker {
    Worker(const std::shared_ptr<const Plan>& plan, std::size_t watches) : state(plan), histograms(watches) {}
    PlanState state;
    std::vector<Histogram> histograms;  ///< parallel to the watches
  };

  Result<std::vector<SampleRow>> learned(Worker& worker, std::span<const std::size_t> indices) const {
    PlanState& state = worker.state;
    if (const auto filled = feed_.fill(state, dataset_, indices); !filled) return failed(filled);
    if (const auto ran = state.run(); !ran) return failed(ran);
    const auto batch = static_cast<std::size_t>(plan_->batch());
    std::vector<SampleRow> rows(indices.size());
    for (std::size_t i = 0; i < watches_.size(); ++i) {
      const TapView view = view_of(watches_[i], *plan_, state);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        const SampleView sample = sample_of(view, row, batch, watches_[i].last_axis);
        rows[row].push_back(observed(sample.values, sample.layout, watches_[i].learning));
        if (watches_[i].histogram) worker.histograms[i].add(sample.values);
      }
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
  PlanOptions plan_options{.quantization = options.quantization};
  auto list = watches(graph, request, options.quantization != nullptr, plan_options.taps);
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
