#include "conformance/run_case.h"

#include <fmt/format.h>

#include <map>

#include "conformance/comparison.h"
#include "model/interpret.h"
#include "model/load.h"

namespace quantrail::conformance {
namespace {

Outcome outcome_of(const Error& error) {
  return {error.cause == Cause::Unsupported ? Verdict::Refused : Verdict::Failed, error.message};
}

}  // namespace

Result<std::vector<Tensor>> by_interpreter(const Graph& graph, std::span<const Tensor> inputs) {
  std::map<std::string, Tensor> values;
  for (const auto& [name, value] : graph.constants) values[name] = *value;
  for (std::size_t at = 0; at < graph.inputs.size(); ++at) values[graph.inputs[at].name] = inputs[at];
  for (const auto& node : graph.nodes) {
    std::vector<const Tensor*> operands;
    for (const auto& input : node.inputs) operands.push_back(input.empty() ? nullptr : &values.at(input));
    auto outputs = interpreted(node, graph.opset, operands);
    if (!outputs) return failed(outputs);
    for (std::size_t at = 0; at < node.outputs.size(); ++at) values[node.outputs[at]] = std::move((*outputs)[at]);
  }
  std::vector<Tensor> results;
  for (const auto& output : graph.outputs) results.push_back(values.at(output.name));
  return results;
}

Outcome run_case(const Case& one, bool random, Runner runner) {
  const auto model = load_model(one.folder / "model.onnx");
  if (!model) return outcome_of(model.error());
  const auto sets = data_sets(one, model->graph);
  if (!sets) return {Verdict::Failed, sets.error().message};
  for (const auto& set : *sets) {
    const auto outputs = runner(model->graph, set.inputs);
    if (!outputs) return outcome_of(outputs.error());
    for (std::size_t at = 0; at < outputs->size(); ++at) {
      const auto what = random ? type_difference((*outputs)[at], set.outputs[at])
                               : difference((*outputs)[at], set.outputs[at], one.absolute_tolerance);
      if (!what.empty()) return {Verdict::Failed, fmt::format("output {}: {}", at, what)};
    }
  }
  return {};
}

}  // namespace quantrail::conformance
