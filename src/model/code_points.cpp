#include "model/code_points.h"

#include <algorithm>

#include "model/passes.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

class Separator {
 public:
  Separator(Graph graph, StoredConstants stored)
      : source_(std::move(graph)), index_(source_), probe_(probed(source_)), names_(source_) {
    out_.graph = source_;
    out_.graph.nodes.clear();
    for (const auto& [name, constant] : stored) {
      if (const auto grid = as_uint8(constant.rule, constant.codes->type)) out_.exact[name] = *grid;
    }
    out_.stored = std::move(stored);
  }

  Result<CodePoints> run() {
    for (const auto& node : source_.nodes) {
      auto rule = is_code_node(node) ? code_rule(source_, node) : std::optional<CodeRule>{};
      if (!rule) return failed(rule);
      if (node.op == "QuantizeLinear") {
        take_quantize(node, *rule);
      } else if (node.op == "DequantizeLinear") {
        take_dequantize(node, *rule);
      } else {
        keep(node);
      }
    }
    remove_readerless();
    return std::move(out_);
  }

 private:
  /// What the codes of a QuantizeLinear stand for.
  struct Source {
    std::string value{};
    ActivationParams params{};
    CodeRule rule{};
    std::string point{};  ///< the value that stands for `value` at these parameters; empty: none yet
    std::string node{};   ///< of the QuantizeLinear
  };

  static bool is_code_node(const Node& node) { return node.op == "QuantizeLinear" || node.op == "DequantizeLinear"; }

  /// Not of values whose shape depends on data, whose type the probe leaves open: they are computed node by node.
  [[nodiscard]] bool is_float(const std::string& value) const {
    const auto type = probe_.types.find(value);
    return type == probe_.types.end() ? probe_.types.empty() : type->second == ElementType::Float32;
  }

  /// Whether `count` scales are what the node's axis of `value` needs.
  [[nodiscard]] bool fits(const CodeRule& rule, const std::string& value) const {
    if (rule.scale.size() == 1) return true;
    const auto shape = probe_.shapes.find(value);
    if (shape == probe_.shapes.end()) return false;
    const auto axis = normal_axis(rule.axis, shape->second.size());
    return axis && shape->second[*axis] == static_cast<std::int64_t>(rule.scale.size());
  }

  void take_quantize(const Node& node, const std::optional<CodeRule>& rule) {
    const auto& value = node.inputs[0];
    if (rule && is_float(value) && fits(*rule, value)) {
      if (const auto params = as_uint8(*rule, *rule->codes))
        sources_[node.outputs[0]] = {value, *params, *rule, {}, node.name};
    }
    keep(node);
  }

  /// The QuantizeLinear that a DequantizeLinear undoes.
  [[nodiscard]] Source* undone(const Node& node, const std::optional<CodeRule>& rule) {
    const auto source = sources_.find(node.inputs[0]);
    if (source == sources_.end() || !rule || !rule->uniform() || !fits(*rule, node.inputs[0])) return nullptr;
    const CodeRule& other = source->second.rule;
    const bool same = rule->scale[0] == other.scale[0] && rule->zero[0] == other.zero[0] &&
                      (!rule->codes || rule->codes == other.codes);
    return same ? &source->second : nullptr;
  }

  void take_dequantize(const Node& node, const std::optional<CodeRule>& rule) {
    Source* source = undone(node, rule);
    if (source == nullptr) {
      keep(node);
      note_exact(node, rule);
      return;
    }
    point_of(*source);
    behind_[node.outputs[0]] = source->point;
    if (!index_.is_output(node.outputs[0])) return;
    Node copy{.name = node.name, .op = "Identity", .inputs = {source->point}, .outputs = node.outputs};
    out_.graph.nodes.push_back(std::move(copy));
    out_.quantized.push_back({true});
  }

  void note_exact(const Node& node, const std::optional<CodeRule>& rule) {
    const auto type = probe_.types.find(node.inputs[0]);
    if (!rule || type == probe_.types.end() || !fits(*rule, node.inputs[0])) return;
    if (const auto grid = as_uint8(*rule, type->second)) out_.exact[node.outputs[0]] = *grid;
  }

  void point_of(Source& source) {
    if (!source.point.empty()) return;
    const auto behind = behind_.find(source.value);
    const bool quantized = behind != behind_.end();  // what comes out of another pair
    if (!quantized) {
      const auto [found, is_new] = out_.points.emplace(source.value, source.params);
      if (is_new || found->second == source.params) {
        source.point = source.value;
        return;
      }
    }
    source.point = names_.value(source.value + "_again");
    out_.points[source.point] = source.params;
    out_.graph.nodes.push_back({.name = names_.node(source.node + "_values"),
                                .op = "Identity",
                                .inputs = {quantized ? behind->second : source.value},
                                .outputs = {source.point}});
    out_.quantized.push_back({quantized});
  }

  void keep(Node node) {
    std::vector<bool> quantized(node.inputs.size(), false);
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
      const auto found = behind_.find(node.inputs[input]);
      if (found == behind_.end()) continue;
      node.inputs[input] = found->second;
      quantized[input] = true;
    }
    out_.graph.nodes.push_back(std::move(node));
    out_.quantized.push_back(std::move(quantized));
  }

  /// QuantizeLinear nodes all of whose readers are gone.
  void remove_readerless() {
    const GraphIndex index(out_.graph);
    std::set<std::size_t> gone;
    for (std::size_t at = 0; at < out_.graph.nodes.size(); ++at) {
      const Node& node = out_.graph.nodes[at];
      const auto& codes = node.outputs[0];
      if (node.op == "QuantizeLinear" && index.readers(codes).empty() && !index.is_output(codes)) gone.insert(at);
    }
    erase_nodes(out_.graph, gone);
    std::vector<std::vector<bool>> kept;
    for (std::size_t at = 0; at < out_.quantized.size(); ++at) {
      if (!gone.contains(at)) kept.push_back(std::move(out_.quantized[at]));
    }
    out_.quantized = std::move(kept);
  }

  Graph source_;
  GraphIndex index_;
  Probe probe_;
  Names names_;
  CodePoints out_{};
  std::map<std::string, Source, std::less<>> sources_{};      // by the value of the codes
  std::map<std::string, std::string, std::less<>> behind_{};  // dequantized value: the value that has the point
};

}  // namespace

Result<CodePoints> code_points(Graph graph, StoredConstants stored) {
  return Separator(std::move(graph), std::move(stored)).run();
}

}  // namespace quantrail
