#include "evaluate/checks.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "evaluate/feed.h"

namespace quantrail {
namespace {

bool depends_on_data(const ValueInfo& output) {
  return std::find(output.shape.begin(), output.shape.end(), -1) != output.shape.end();
}

bool has_batch(const ValueInfo& output, std::int64_t batch) {
  return !output.shape.empty() && output.shape[0] == batch;
}

/// Row `row` of an output that has one for each sample; all of one that is computed for a single sample.
OutputView one_row(const Plan& plan, const ValueInfo& output, const Shape& shape, std::span<const std::byte> rows,
                   std::size_t row) {
  if (!has_batch(output, plan.batch())) return {.type = output.type, .shape = shape, .bytes = rows};
  OutputView view{.type = output.type, .shape = Shape(shape.begin() + 1, shape.end())};
  const std::size_t bytes = static_cast<std::size_t>(element_count(view.shape)) * size_of(output.type);
  view.bytes = rows.subspan(row * bytes, bytes);
  return view;
}

/// Whether somebody reads it: the first output is what distances are taken of.
bool is_read(std::size_t output, std::span<const std::shared_ptr<const Metric>> metrics) {
  if (output == 0) return true;
  return std::any_of(metrics.begin(), metrics.end(),
                     [&](const auto& metric) { return metric->only_output().value_or(output) == output; });
}

Status batched(const Graph& graph, const Plan& plan, std::span<const std::shared_ptr<const Metric>> metrics) {
  for (std::size_t at = 0; at < plan.outputs().size(); ++at) {
    const ValueInfo& output = plan.outputs()[at];
    if (plan.batch() == 1 || !is_read(at, metrics)) continue;
    if (has_batch(output, plan.batch()) && first_axis_is_batch(graph, output.name)) continue;
    return fail(Cause::Unsupported, "output \"{}\" of the model is {} for {} samples: its first axis must be the batch",
                printable(output.name), type_text(output.type, output.shape), plan.batch());
  }
  return {};
}

}  // namespace

std::vector<OutputView> sample_outputs(const Plan& plan, const PlanState& state, std::size_t row) {
  std::vector<OutputView> views;
  for (std::size_t at = 0; at < plan.outputs().size(); ++at) {
    views.push_back(one_row(plan, plan.outputs()[at], state.output_shape(at), state.output(at), row));
  }
  return views;
}

Status outputs_suit(const Graph& graph, const Plan& plan, const Dataset& data,
                    std::span<const std::shared_ptr<const Metric>> metrics) {
  if (const auto checked = batched(graph, plan, metrics); !checked) return failed(checked);
  if (data.size() == 0)
    return fail(Cause::InvalidInput, "the validation data is empty: there is nothing to evaluate on");
  std::vector<std::vector<std::byte>> zeros;
  std::vector<OutputView> views;
  for (const auto& output : plan.outputs()) {
    const std::size_t elements = depends_on_data(output) ? 0 : static_cast<std::size_t>(element_count(output.shape));
    zeros.emplace_back(elements * size_of(output.type));
    views.push_back(one_row(plan, output, output.shape, zeros.back(), 0));
  }
  for (const auto& metric : metrics) {
    if (metric->judge() == Judge::FloatModel || metric->judge() == Judge::Command) {
      if (const auto suits = metric->accepts(views, {}); !suits)
        return failed(suits, fmt::format("metric \"{}\"", metric->name()));
      continue;
    }
    std::set<std::optional<std::int64_t>> accepted;
    for (std::size_t sample = 0; sample < data.size(); ++sample) {
      const auto truth = data.truth(sample);
      if (!truth) return failed(truth);
      const bool label_alone = truth->objects == nullptr && truth->target == nullptr;
      if (label_alone && !accepted.insert(truth->label).second) continue;
      const auto suits = metric->accepts(views, *truth);
      if (!suits) return failed(suits, fmt::format("metric \"{}\", {}", metric->name(), data.describe(sample)));
    }
  }
  return {};
}

}  // namespace quantrail
