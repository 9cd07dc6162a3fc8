#include "evaluate/sample_batch.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "evaluate/checks.h"
#include "evaluate/feed.h"
#include "evaluate/reference.h"
#include "model/infer.h"
#include "runtime/plan.h"
#include "runtime/samples_apart.h"

namespace quantrail {
namespace {

/// Of the spread of an output; rounding by a row's place is far below, influence of other samples far above.
constexpr double kRounding = 1e-3;
/// Of integers, which jump where what they are made of is rounded.
constexpr double kJumps = 0.1;

/// Values of one output, of some samples.
struct Values {
  ElementType type = ElementType::Float32;
  std::vector<float> alone{};
  std::vector<float> together{};
};

bool same_floats(const Values& values) {
  float least = INFINITY, most = -INFINITY, largest = 0.0F;
  for (const float value : values.alone) {
    if (!std::isfinite(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
    largest = std::max(largest, std::abs(value));
  }
  const double allowed = kRounding * (most > least ? static_cast<double>(most) - least : largest);
  return std::equal(values.alone.begin(), values.alone.end(), values.together.begin(),
                    [&](float alone, float together) {
                      if (!std::isfinite(alone) || !std::isfinite(together))
                        return std::isfinite(alone) == std::isfinite(together);
                      return std::abs(static_cast<double>(alone) - together) <= allowed;
                    });
}

bool same(const Values& values) {
  if (values.alone.size() != values.together.size()) return false;
  if (is_float(values.type)) return same_floats(values);
  std::size_t jumps = 0;
  for (std::size_t at = 0; at < values.alone.size(); ++at) jumps += values.alone[at] != values.together[at] ? 1U : 0U;
  return static_cast<double>(jumps) <= kJumps * static_cast<double>(values.alone.size());
}

/// Some samples of a data set by a network, together and each alone.
class Probe {
 public:
  Probe(const Graph& graph, const Dataset& data) : graph_(graph), data_(data) {}

  [[nodiscard]] Result<bool> same_alone(std::int64_t batch) {
    const std::size_t count = std::min(static_cast<std::size_t>(batch), data_.size());
    std::vector<std::size_t> samples;
    for (std::size_t at = 0; at < count; ++at) samples.push_back(at * data_.size() / count);
    const auto together = add(batch, samples, &Values::together);
    if (!together) return failed(together);
    for (const std::size_t sample : samples) {
      const auto alone = add(1, {&sample, 1}, &Values::alone);
      if (!alone) return failed(alone);
    }
    return std::all_of(values_.begin(), values_.end(), same);
  }

 private:
  Status add(std::int64_t batch, std::span<const std::size_t> samples, std::vector<float> Values::*part) {
    if (!plan_ || plan_->batch() != batch) {
      auto plan = Plan::build(graph_, {}, batch, cache_);
      if (!plan) return failed(plan);
      plan_ = std::move(*plan);
    }
    const auto feed = Feed::matched(data_.inputs(), *plan_);
    if (!feed) return failed(feed);
    PlanState state(plan_);
    if (const auto filled = feed->fill(state, data_, samples); !filled) return failed(filled);
    if (const auto ran = state.run(); !ran) return failed(ran);
    values_.resize(plan_->outputs().size());
    for (std::size_t row = 0; row < samples.size(); ++row) {
      const auto outputs = sample_outputs(*plan_, state, row);
      for (std::size_t at = 0; at < outputs.size(); ++at) {
        const auto found = as_floats(outputs[at]);
        values_[at].type = outputs[at].type;
        auto& all = values_[at].*part;
        all.insert(all.end(), found.begin(), found.end());
      }
    }
    return {};
  }

  const Graph& graph_;
  const Dataset& data_;
  PlanCache cache_{};
  std::shared_ptr<const Plan> plan_{};
  std::vector<Values> values_{};
};

}  // namespace

Result<std::int64_t> sample_batch(const Graph& graph, const Dataset& data) {
  const auto batch = micro_batch(graph);
  if (!batch || *batch == 1 || fixed_batch(graph) || data.size() == 0) return batch;
  if (apart_by_structure(graph, *batch)) return batch;
  // What fails here fails again where it is told.
  return Probe(graph, data).same_alone(*batch).value_or(false) ? *batch : 1;
}

}  // namespace quantrail
