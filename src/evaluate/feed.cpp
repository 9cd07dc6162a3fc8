#include "evaluate/feed.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "model/infer.h"

namespace quantrail {
namespace {

/// What one of `batch` samples has of an input of `shape`, its first axis included.
Shape of_one(Shape shape, std::int64_t batch) {
  if (!shape.empty()) shape[0] /= batch;
  return shape;
}

bool one_in_front(const Shape& shape) { return !shape.empty() && shape[0] == 1; }

Shape without_first(const Shape& shape) { return {shape.begin() + 1, shape.end()}; }

std::string names_of(std::span<const ValueInfo> values) {
  std::vector<std::string> names;
  for (const auto& value : values) names.push_back("\"" + printable(value.name) + "\"");
  return joined(names, ", ");
}

/// The network input that `array` feeds.
Result<std::size_t> target(const SampleInput& array, std::size_t arrays, std::span<const ValueInfo> inputs) {
  if (array.name.empty()) {
    if (arrays == 1 && inputs.size() == 1) return 0;
    return fail(Cause::InvalidInput, "the model has {} inputs ({}), so the data must name its arrays after them",
                inputs.size(), names_of(inputs));
  }
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    if (inputs[at].name == array.name) return at;
  }
  return fail(Cause::InvalidInput, "the data has an array \"{}\", the model has no such input; its inputs are {}",
              printable(array.name), names_of(inputs));
}

Status fits(const SampleInput& array, const ValueInfo& input, std::int64_t batch) {
  const Shape whole = of_one(input.shape, batch);
  const Shape wanted = one_in_front(whole) ? without_first(whole) : whole;
  if (array.type == input.type && (array.shape == wanted || array.shape == whole)) return {};
  return fail(Cause::InvalidInput, "input \"{}\" of the model takes samples of {}, the data has {}",
              printable(input.name), type_text(input.type, wanted), type_text(array.type, array.shape));
}

}  // namespace

std::string type_text(ElementType type, const Shape& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape) sizes.push_back(std::to_string(size));
  return fmt::format("{} [{}]", name_of(type), joined(sizes, ","));
}

Graph sized(Graph graph, const std::vector<SampleInput>& data) {
  const bool whole = takes_whole_samples(graph.inputs);
  for (const auto& array : data) {
    const bool nameless = array.name.empty() && graph.inputs.size() == 1;
    for (auto& input : graph.inputs) {
      if (!nameless && input.name != array.name) continue;
      const bool with_first = input.shape.size() == array.shape.size() && (whole || one_in_front(array.shape));
      if (!with_first && input.shape.size() != array.shape.size() + 1) continue;
      const std::size_t ahead = with_first ? 0 : 1;
      for (std::size_t axis = whole ? ahead : 1; axis < input.shape.size(); ++axis) {
        if (input.shape[axis] == -1) input.shape[axis] = array.shape[axis - ahead];
      }
    }
  }
  return graph;
}

Result<Feed> Feed::matched(const std::vector<SampleInput>& data, const Plan& plan) {
  Feed feed;
  std::vector<bool> fed(plan.inputs().size(), false);
  for (const auto& array : data) {
    const auto at = target(array, data.size(), plan.inputs());
    if (!at) return failed(at);
    const auto checked = fits(array, plan.inputs()[*at], plan.batch());
    if (!checked) return failed(checked);
    if (fed[*at]) {
      return fail(Cause::InvalidInput, "the data has two arrays for input \"{}\" of the model", printable(array.name));
    }
    fed[*at] = true;
    feed.plan_input_.push_back(*at);
    feed.row_bytes_.push_back(static_cast<std::size_t>(element_count(array.shape)) * size_of(array.type));
  }
  const auto missing = std::find(fed.begin(), fed.end(), false);
  if (missing != fed.end()) {
    return fail(Cause::InvalidInput, "the data has nothing for input \"{}\" of the model",
                printable(plan.inputs()[static_cast<std::size_t>(missing - fed.begin())].name));
  }
  return feed;
}

Status Feed::fill(PlanState& state, const Dataset& data, std::span<const std::size_t> indices) const {
  std::vector<std::span<std::byte>> rows(plan_input_.size());
  for (std::size_t row = 0; row < indices.size(); ++row) {
    for (std::size_t array = 0; array < rows.size(); ++array) {
      rows[array] = state.input(plan_input_[array]).subspan(row * row_bytes_[array], row_bytes_[array]);
    }
    const auto read = data.read(indices[row], rows);
    if (!read) return failed(read);
  }
  for (std::size_t array = 0; array < rows.size(); ++array) {
    const auto rest = state.input(plan_input_[array]).subspan(indices.size() * row_bytes_[array]);
    std::fill(rest.begin(), rest.end(), std::byte{0});
  }
  return {};
}

Error Feed::blamed(PlanState& state, const Dataset& data, std::span<const std::size_t> indices, Error error) const {
  if (error.cause != Cause::InvalidInput) return error;
  for (const auto index : indices) {
    if (!fill(state, data, std::span(&index, 1))) continue;
    const auto alone = state.run();
    if (alone || alone.error().cause != Cause::InvalidInput) continue;
    return {error.cause, fmt::format("{}: {}", data.describe(index), alone.error().message)};
  }
  return error;
}

}  // namespace quantrail
