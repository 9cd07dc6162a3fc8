#include "app/fusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/table.h"
#include "base/text.h"
#include "model/infer.h"
#include "model/probe.h"
#include "model/weight_edits.h"
#include "quantize/moves.h"
#include "quantize/placement.h"

namespace quantrail::app {
namespace {

using nlohmann::json;

/// Why placement leaves nodes in float that compute floats; empty where no sizes fit the network.
std::map<std::string, std::string, std::less<>> placement_reasons(const Graph& graph, const PlacementOptions& options) {
  const std::int64_t batch = fixed_batch(graph).value_or(1);
  auto shapes = input_shapes(graph, batch);
  if (!shapes) {
    const auto fitting = fitting_shapes(graph, batch);
    if (!fitting) return {};
    shapes = *fitting;
  }
  const auto known = specialised(graph, *shapes);
  if (!known) return {};
  const auto placement = placed(graph, known->types, options);
  std::map<std::string, std::string, std::less<>> reasons;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const auto type = known->types.find(node.outputs[0]);
    const bool floats = type != known->types.end() && type->second.type == ElementType::Float32;
    if (floats && moved_inputs(graph, node) == 0 && !placement.nodes[at].reason.empty())
      reasons[node.name] = placement.nodes[at].reason;
  }
  return reasons;
}

std::vector<std::vector<std::string>> rows_of(const Fusion& fusion) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& found : fusion.operators) {
    rows.push_back({found.name, found.op, std::string(name_of(found.rule)), found.reason, found.remedy});
  }
  return rows;
}

json as_json(const InspectCommand& command, const IterationModel& model, const Fusion& fusion) {
  json operators = json::array();
  for (const auto& found : fusion.operators) {
    operators.push_back({{"name", found.name},
                         {"op", found.op},
                         {"layer", found.layer},
                         {"rule", name_of(found.rule)},
                         {"reason", found.reason},
                         {"remedy", found.remedy}});
  }
  return {{"iteration", command.target},
          {"model", model.base.hex()},
          {"profile", name_of(command.profile)},
          {"layers", fusion.layers},
          {"float", std::move(operators)}};
}

}  // namespace

Fusion fusion_of(const IterationModel& model, ExportProfile profile) {
  const Graph graph = edited(model.graph, model.quantization);
  const bool transformer = model.config.compression.quantization.model_type == ModelType::Transformer;
  const FusionSubject subject{graph, model.quantization, model.reverted, model.mode,
                              placement_reasons(graph, {model.quantization.ignored, transformer})};
  return {float_operators(subject, profile), layer_count(subject)};
}

std::string fusion_summary(const Fusion& fusion, ExportProfile profile) {
  constexpr std::size_t kNames = 8;
  std::vector<std::string> layers;
  for (const auto& found : fusion.operators) {
    if (found.layer) layers.push_back(printable(found.name));
  }
  const std::size_t others = fusion.operators.size() - layers.size();
  std::string text = fmt::format("float in {}: {} of {} layers", title_of(profile), layers.size(), fusion.layers);
  if (!layers.empty()) {
    const std::size_t shown = std::min(layers.size(), kNames);
    text += fmt::format(" ({}{})", joined(std::span(layers).first(shown), ", "),
                        shown < layers.size() ? fmt::format(" and {} more", layers.size() - shown) : "");
  }
  if (others > 0) text += fmt::format(", {} operator{} between layers", others, others == 1 ? "" : "s");
  return text;
}

int inspect_fusion(const Options& options, const InspectCommand& command) {
  const auto named = named_iteration(options, command.target);
  if (!named) return complained(named.error());
  const auto model = iteration_model(*named);
  if (!model) return complained(model.error());
  const Fusion fusion = fusion_of(*model, command.profile);
  switch (command.format) {
    case Format::Json:
      fmt::print("{}\n", as_json(command, *model, fusion).dump(2, ' ', false, json::error_handler_t::replace));
      break;
    case Format::Csv: fmt::print("{}", csv({"name", "operator", "rule", "reason", "remedy"}, rows_of(fusion))); break;
    case Format::Text:
      fmt::print("iteration {} of run {}: {}\n", named->iteration.index, named->run.id,
                 fusion_summary(fusion, command.profile));
      if (fusion.operators.empty()) break;
      fmt::print("\n{}", table({"operator", "type", "rule", "why float", "remedy"}, rows_of(fusion), {}));
      break;
  }
  return kDone;
}

}  // namespace quantrail::app
