#include "quantize/sample_pass.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/parallel.h"
#include "evaluate/feed.h"
#include "evaluate/sample_batch.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using Look = std::function<Lesson(const ValueInSight&)>;

/// Where a run leaves a watched value.
struct Watches {
  std::vector<std::pair<std::size_t, std::size_t>> inputs{};  ///< position of the value, of the plan's input
  std::vector<std::size_t> tapped{};                          ///< position of the value, by tap
};

Watches watches(const Graph& graph, const std::vector<std::string>& values, std::vector<std::string>& taps) {
  Watches list;
  for (std::size_t at = 0; at < values.size(); ++at) {
    const auto input = std::find_if(graph.inputs.begin(), graph.inputs.end(),
                                    [&](const ValueInfo& one) { return one.name == values[at]; });
    if (input != graph.inputs.end()) {
      list.inputs.emplace_back(at, static_cast<std::size_t>(input - graph.inputs.begin()));
    } else {
      list.tapped.push_back(at);
      taps.push_back(values[at]);
    }
  }
  return list;
}

TapView input_view(const Plan& plan, PlanState& state, std::size_t index) {
  const auto bytes = state.input(index);
  return {{reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)}, plan.inputs()[index].shape};
}

/// Sample `row` of a value whose outermost axis runs over `batch` samples, each perhaps with several rows (tokens
/// folded into the batch); all of a value that has no batch axis.
SampleView sample_of(const TapView& view, std::size_t row, std::size_t batch) {
  const bool batched = !view.shape.empty() && view.shape[0] % static_cast<std::int64_t>(batch) == 0;
  const std::size_t size = batched ? view.values.size() / batch : view.values.size();
  const bool has_channels = view.shape.size() > 1;
  const std::int64_t channels = has_channels ? view.shape[1] : 1;
  const std::int64_t outer = has_channels ? view.shape[0] : 1;
  const std::int64_t rows = has_channels && batched ? outer / static_cast<std::int64_t>(batch) : outer;
  return {view.values.subspan(batched ? row * size : 0, size), rows, channels, view.channels_last,
          view.shape.size() > 2 ? view.shape.back() : 0};
}

/// Takes the blocks' lessons in any order and learns them in sample order, so that sums do not depend on threads. At
/// most one block per thread waits for an earlier one.
class OrderedLearner {
 public:
  explicit OrderedLearner(const std::function<void(std::size_t)>& progress) : progress_(progress) {}

  void take(std::size_t block, std::size_t samples, std::vector<Lesson> lessons) {
    const std::scoped_lock lock(mutex_);
    waiting_[block] = {samples, std::move(lessons)};
    for (auto next = waiting_.begin(); next != waiting_.end() && next->first == next_; next = waiting_.erase(next)) {
      for (const auto& learn : next->second.second) learn();
      samples_ += next->second.first;
      ++next_;
    }
    if (progress_) progress_(samples_);
  }

 private:
  const std::function<void(std::size_t)>& progress_;
  std::mutex mutex_{};
  std::size_t next_ = 0;
  std::size_t samples_ = 0;
  std::map<std::size_t, std::pair<std::size_t, std::vector<Lesson>>> waiting_{};  ///< by block: how many samples
};

class Pass {
 public:
  Pass(std::shared_ptr<const Plan> plan, Watches list, Feed feed, const Dataset& dataset,
       std::span<const std::size_t> samples, const Look& look)
      : plan_(std::move(plan)),
        watches_(std::move(list)),
        feed_(std::move(feed)),
        dataset_(dataset),
        samples_(samples),
        look_(look) {}

  Status run(const PassOptions& options) {
    const auto batch = static_cast<std::size_t>(plan_->batch());
    const std::size_t blocks = (samples_.size() + batch - 1) / batch;
    OrderedLearner learner(options.progress);
    std::stop_source ended;
    const std::stop_callback forward(options.stop, [&ended] { ended.request_stop(); });
    std::vector<std::optional<PlanState>> states(options.threads);
    parallel_for(blocks, options.threads, ended.get_token(), [&](std::size_t block, std::size_t worker) {
      if (!states[worker]) states[worker].emplace(plan_);
      auto lessons = looked(*states[worker], block * batch, worker);
      if (lessons) {
        return learner.take(block, std::min(batch, samples_.size() - block * batch), std::move(*lessons));
      }
      note(block, lessons.error());
      ended.request_stop();
    });
    if (error_) return tl::unexpected<Error>(error_->second);
    if (options.stop.stop_requested()) return fail(Cause::Cancelled, "stopped");
    return {};
  }

 private:
  Result<std::vector<Lesson>> looked(PlanState& state, std::size_t first, std::size_t worker) const {
    const auto batch = static_cast<std::size_t>(plan_->batch());
    const auto indices = samples_.subspan(first, std::min(batch, samples_.size() - first));
    if (const auto filled = feed_.fill(state, dataset_, indices); !filled) return failed(filled);
    std::vector<Lesson> lessons;
    const auto look_at = [&](std::size_t value, const TapView& view) {
      for (std::size_t row = 0; row < indices.size(); ++row) {
        lessons.push_back(look_({first + row, worker, value, sample_of(view, row, batch)}));
      }
    };
    for (const auto& [value, input] : watches_.inputs) look_at(value, input_view(*plan_, state, input));
    const auto ran = state.run([&](std::size_t tap, const TapView& view) { look_at(watches_.tapped[tap], view); });
    if (!ran) return tl::unexpected(feed_.blamed(state, dataset_, indices, ran.error()));
    return lessons;
  }

  /// Of several failures the first sample's is told, whichever thread came first.
  void note(std::size_t block, const Error& error) {
    const std::scoped_lock lock(mutex_);
    if (!error_ || block < error_->first) error_ = {block, error};
  }

  std::shared_ptr<const Plan> plan_;
  Watches watches_;
  Feed feed_;
  const Dataset& dataset_;
  std::span<const std::size_t> samples_;
  const Look& look_;
  std::mutex mutex_{};
  std::optional<std::pair<std::size_t, Error>> error_{};
};

/// The micro-batch is halved while a thread's activations need more than this.
constexpr std::size_t kMostActivationBytes = std::size_t{16} << 20U;

Result<std::shared_ptr<const Plan>> watching_plan(const Graph& graph, const Dataset& data, const PlanOptions& options) {
  auto batch = sample_batch(graph, data);
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

Status watched(const Graph& graph, const std::vector<std::string>& values, const Dataset& dataset,
               std::span<const std::size_t> samples, const PassOptions& options, const Look& look) {
  if (samples.empty()) return fail(Cause::InvalidInput, "the data has no samples");
  PlanOptions plan_options{.quantization = options.quantization, .fleeting_taps = true};
  auto list = watches(graph, values, plan_options.taps);
  auto plan = watching_plan(sized(graph, dataset.inputs()), dataset, plan_options);
  if (!plan) return failed(plan);
  auto feed = Feed::matched(dataset.inputs(), **plan);
  if (!feed) return failed(feed);
  return Pass(*plan, std::move(list), std::move(*feed), dataset, samples, look).run(options);
}

}  // namespace quantrail
