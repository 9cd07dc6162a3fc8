#include <algorithm>
#include <map>
#include <set>

#include "model/folding.h"
#include "model/interpret.h"
#include "model/passes.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

bool passes_through(const Graph& graph, const Node& node) {
  const auto named = std::count_if(node.outputs.begin(), node.outputs.end(), [](const auto& o) { return !o.empty(); });
  if (named != 1 || node.outputs[0].empty()) return false;  // the mask of a Dropout, or what is refused later
  if (node.op == "Identity") return true;
  if (node.op != "Dropout") return false;
  const bool asks = node.inputs.size() > 2 && !node.inputs[2].empty();
  const auto training = constant_input(graph, node, 2);
  return !asks || (training != nullptr && !training->bytes.empty() && training->bytes[0] == std::byte{0});
}

/// Takes out what passes its input on, in one pass, however many nodes do: a hostile file may hold nothing else.
class Bypass {
 public:
  explicit Bypass(Graph& graph) : graph_(graph) {
    for (const auto& output : graph.outputs) outputs_.insert(output.name);
  }

  void run() {
    for (auto& node : graph_.nodes) {
      rename_inputs(node);
      if (passes_through(graph_, node) && taken_out(node)) continue;
      for (const auto& value : node.outputs) producers_[value] = kept_.size();
      kept_.push_back(std::move(node));
    }
    for (auto& node : kept_) rename_inputs(node);  // producers that took an output's name had readers already
    graph_.nodes = std::move(kept_);
  }

 private:
  void rename_inputs(Node& node) const {
    for (auto& value : node.inputs) {
      for (auto found = renamed_.find(value); found != renamed_.end(); found = renamed_.find(value)) {
        value = found->second;
      }
    }
  }

  /// Renames the node's readers or, for a graph output, its producer; false where that cannot be done.
  bool taken_out(const Node& node) {
    const std::string& in = node.inputs[0];
    const std::string& out = node.outputs[0];
    if (!outputs_.contains(out)) {
      renamed_[out] = in;
      return true;
    }
    const auto producer = producers_.find(in);
    if (producer == producers_.end() || outputs_.contains(in)) return false;
    auto& names = kept_[producer->second].outputs;
    std::replace(names.begin(), names.end(), in, out);
    producers_[out] = producer->second;
    renamed_[in] = out;
    return true;
  }

  Graph& graph_;
  std::set<std::string, std::less<>> outputs_{};
  std::map<std::string, std::size_t, std::less<>> producers_{};  ///< by value: position in kept_
  std::map<std::string, std::string, std::less<>> renamed_{};
  std::vector<Node> kept_{};
};

/// As ONNX numbers element types.
std::optional<std::int64_t> number_of(ElementType type) {
  constexpr std::int64_t kMost = 16;
  for (std::int64_t number = 1; number <= kMost; ++number) {
    const auto named = element_type_numbered(number);
    if (named && *named == type) return number;
  }
  return std::nullopt;
}

}  // namespace

void name_cast_types(Graph& graph) {
  const auto like = [](const Node& node) { return node.op == "CastLike" && node.inputs.size() == 2; };
  if (std::none_of(graph.nodes.begin(), graph.nodes.end(), like)) return;
  const Probe probe = probed(graph);
  for (auto& node : graph.nodes) {
    const auto type = like(node) ? type_of(probe, node.inputs[1]) : std::nullopt;
    const auto number = type ? number_of(*type) : std::nullopt;
    if (!number) continue;
    node.op = "Cast";
    node.inputs.resize(1);
    node.attributes = {{"to", *number}};
  }
}

void remove_identities(Graph& graph) { Bypass(graph).run(); }

Status fold_constants(Graph& graph, StoredCodesStay stored) {
  Folding folding(graph);
  std::set<std::size_t> gone;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const bool stays = stored == StoredCodesStay::Yes && node.op == "DequantizeLinear";
    if (stays || !interpretable(node.op)) continue;
    std::vector<TensorType> known(node.inputs.size());
    std::vector<const TensorType*> types(node.inputs.size(), nullptr);
    std::vector<const Tensor*> constants(node.inputs.size(), nullptr);
    bool all_known = true;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
      if (node.inputs[input].empty()) continue;
      const auto value = constant_input(graph, node, input);
      all_known = all_known && value != nullptr;
      if (value == nullptr) continue;
      known[input] = {value->type, value->shape};
      types[input] = &known[input];
      constants[input] = value.get();
    }
    if (!all_known) continue;
    const NodeView view(node, graph.opset, types, constants);
    const auto outputs = output_types(view);
    if (!outputs) return failed(outputs);
    const auto values = folding.folded(view, constants, *outputs);
    if (!values) return failed(values);
    for (std::size_t output = 0; output < values->size(); ++output) {
      if (!node.outputs[output].empty()) graph.constants[node.outputs[output]] = (*values)[output];
    }
    if (!values->empty()) gone.insert(at);
  }
  erase_nodes(graph, gone);
  return {};
}

}  // namespace quantrail
