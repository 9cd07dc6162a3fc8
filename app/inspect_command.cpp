#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/fusion.h"
#include "app/inspect_quantization.h"
#include "app/table.h"
#include "base/text.h"
#include "model/canonical.h"
#include "model/code_rule.h"
#include "model/infer.h"
#include "model/load.h"
#include "model/lowering.h"
#include "model/macs.h"
#include "model/probe.h"
#include "model/quantized_import.h"
#include "quantize/placement.h"
#include "runtime/plan.h"

namespace quantrail::app {
namespace {

using nlohmann::json;

/// A model as it would be quantized with nothing ignored; one that came quantized as it runs.
struct Inspected {
  Model model{};
  Graph graph{};
  bool quantized = false;              ///< it came so
  std::vector<std::string> runs_as{};  ///< parallel to graph.nodes: "int8", "with x", "float", ...
  std::vector<std::string> reasons{};  ///< why not int8; empty where it is
  std::map<std::string, std::int64_t, std::less<>> macs{};
  std::string problem{};  ///< why the runtime cannot run it; empty when it can
};

std::string_view name_of(Place place) {
  switch (place) {
    case Place::Integer: return "int8";
    case Place::Passthrough: return "moves int8";
    case Place::Table: return "int8 table";
    case Place::Float: return "float";
  }
  return "?";
}

/// A Relu or Clip behind an integer layer costs nothing: it is computed with the layer.
void describe_places(Inspected& out, const Graph& graph, const Placement& placement) {
  const GraphIndex index(graph);
  std::map<std::size_t, std::size_t> computed_with;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    if (placement.nodes[at].place != Place::Integer) continue;
    if (const auto activation = fused_activation(graph, index, at)) computed_with[*activation] = at;
  }
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const auto with = computed_with.find(at);
    const bool fused = with != computed_with.end();
    out.runs_as.push_back(fused ? "with " + graph.nodes[with->second].name
                                : std::string(name_of(placement.nodes[at].place)));
    out.reasons.push_back(fused ? "" : placement.nodes[at].reason);
  }
}

std::string list_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

/// Declared sizes; where some are open, sizes that fit, which are noted.
Result<InputShapes> shapes_of(const Graph& graph, std::int64_t batch, std::vector<std::string>& notes) {
  auto declared = input_shapes(graph, batch);
  if (declared) return declared;
  auto assumed = fitting_shapes(graph, batch);
  if (!assumed) return declared;
  std::vector<std::string> sizes;
  for (const auto& [name, shape] : *assumed) sizes.push_back(fmt::format("\"{}\" {}", name, list_text(shape)));
  notes.push_back("the model leaves sizes open; looked at with inputs " + joined(sizes, ", "));
  return *assumed;
}

/// Of a model that came quantized: what its own nodes say, once they are taken apart.
Status describe_import(Inspected& out, const Graph& graph) {
  auto network = imported(graph);
  if (!network) return failed(network);
  Placement placement;
  for (std::size_t at = 0; at < network->graph.nodes.size(); ++at) {
    const bool moves = network->quantization.passthrough.contains(network->graph.nodes[at].name);
    const bool integer = network->lowering.nodes[at].integer;
    placement.nodes.push_back({integer ? (moves ? Place::Passthrough : Place::Integer) : Place::Float,
                               integer ? "" : "the model has it in float"});
  }
  describe_places(out, network->graph, placement);
  out.graph = std::move(network->graph);
  out.quantized = true;
  return {};
}

Result<Inspected> inspected(const std::string& path) {
  Inspected out;
  auto model = load_model(path);
  std::error_code ignored;
  if (!model && path.find('@') != std::string::npos && !std::filesystem::exists(path, ignored)) {
    return fail(Cause::InvalidInput, "{}; of an iteration, --quantization or --fusion is looked at",
                model.error().message);
  }
  if (!model) return failed(model);
  auto graph = canonicalised(model->graph);
  if (!graph) return failed(graph, path);
  const std::int64_t batch = fixed_batch(*graph).value_or(1);
  const auto shapes = shapes_of(*graph, batch, model->notes);
  if (!shapes) return failed(shapes, path);
  const auto types = specialised(*graph, *shapes);
  if (!types) return failed(types, path);
  PlanCache cache;
  if (const auto plan = Plan::build(*graph, {}, *shapes, cache); !plan) out.problem = plan.error().message;
  out.macs = multiply_adds(*types, batch);
  out.model = std::move(*model);
  if (has_codes(*graph)) {
    if (auto described = describe_import(out, *graph); !described) return failed(described, path);
    return out;
  }
  describe_places(out, *graph, placed(*graph, types->types, {}));
  out.graph = std::move(*graph);
  return out;
}

std::string shape_text(const ValueInfo& value) {
  std::vector<std::string> sizes;
  for (std::size_t axis = 0; axis < value.shape.size(); ++axis) {
    const bool symbolic = value.shape[axis] < 0;
    const std::string symbol = axis < value.symbols.size() ? value.symbols[axis] : "";
    sizes.push_back(symbolic ? (symbol.empty() ? "?" : symbol) : std::to_string(value.shape[axis]));
  }
  return "[" + joined(sizes, ", ") + "]";
}

std::int64_t macs_of(const Inspected& in, const Node& node) {
  const auto found = in.macs.find(node.name);
  return found == in.macs.end() ? 0 : found->second;
}

std::vector<std::vector<std::string>> rows_of(const Inspected& in) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t at = 0; at < in.graph.nodes.size(); ++at) {
    const Node& node = in.graph.nodes[at];
    rows.push_back({node.name, node.op, in.runs_as[at], std::to_string(macs_of(in, node)), in.reasons[at]});
  }
  return rows;
}

json values_json(const std::vector<ValueInfo>& values) {
  json out = json::array();
  for (const auto& value : values) {
    out.push_back({{"name", value.name}, {"type", quantrail::name_of(value.type)}, {"shape", shape_text(value)}});
  }
  return out;
}

json as_json(const Inspected& in) {
  json nodes = json::array();
  for (std::size_t at = 0; at < in.graph.nodes.size(); ++at) {
    const Node& node = in.graph.nodes[at];
    nodes.push_back({{"name", node.name},
                     {"op", node.op},
                     {"runs_as", in.runs_as[at]},
                     {"multiply_adds", macs_of(in, node)},
                     {"reason", in.reasons[at]},
                     {"absorbed", node.absorbed}});
  }
  return {{"model", in.model.path.string()},
          {"hash", in.model.hash.hex()},
          {"opset", in.model.source_opset},
          {"bytes", in.model.bytes},
          {"quantized", in.quantized},
          {"inputs", values_json(in.graph.inputs)},
          {"outputs", values_json(in.graph.outputs)},
          {"nodes", nodes},
          {"runtime_problem", in.problem},
          {"notes", in.model.notes}};
}

void print_text(const Inspected& in) {
  fmt::print("{}: opset {}, {:.2f} MiB, {}\n", printable(in.model.path.string()), in.model.source_opset,
             static_cast<double>(in.model.bytes) / 1048576.0, in.model.hash.hex());
  for (const auto& value : in.graph.inputs) {
    fmt::print("input   {} {} {}\n", printable(value.name), quantrail::name_of(value.type),
               printable(shape_text(value)));
  }
  for (const auto& value : in.graph.outputs) {
    fmt::print("output  {} {} {}\n", printable(value.name), quantrail::name_of(value.type),
               printable(shape_text(value)));
  }
  std::int64_t all = 0;
  std::int64_t integer = 0;
  for (std::size_t at = 0; at < in.graph.nodes.size(); ++at) {
    const std::int64_t macs = macs_of(in, in.graph.nodes[at]);
    all += macs;
    if (in.runs_as[at] == name_of(Place::Integer)) integer += macs;
  }
  fmt::print("{} multiply-adds a sample, {:.1f} % of them {} in int8\n\n", all,
             all > 0 ? 100.0 * static_cast<double>(integer) / static_cast<double>(all) : 0.0,
             in.quantized ? "run" : "would run");
  fmt::print("{}", table({"node", "operator", "runs as", "multiply-adds", "why not int8"}, rows_of(in),
                         {Align::Left, Align::Left, Align::Left, Align::Right, Align::Left}));
  for (const auto& note : in.model.notes) fmt::print("note: {}\n", printable(note));
  if (!in.problem.empty()) fmt::print("cannot be run here: {}\n", printable(in.problem));
}

}  // namespace

int run(const Options& options, const InspectCommand& command) {
  if (command.quantization) return inspect_quantization(options, command);
  if (command.fusion) return inspect_fusion(options, command);
  const auto in = inspected(command.target);
  if (!in) return complained(in.error());
  switch (command.format) {
    case Format::Json: fmt::print("{}\n", as_json(*in).dump(2, ' ', false, json::error_handler_t::replace)); break;
    case Format::Csv:
      fmt::print("{}", csv({"node", "operator", "runs_as", "multiply_adds", "reason"}, rows_of(*in)));
      break;
    case Format::Text: print_text(*in); break;
  }
  return in->problem.empty() ? kDone : kBadInput;
}

}  // namespace quantrail::app
