#include "quantize/placement.h"

#include <algorithm>
#include <array>

#include "model/lowering.h"
#include "quantize/eligible.h"
#include "quantize/moves.h"
#include "quantize/patterns.h"

namespace quantrail {
namespace {

/// Values with quantization points, joined where they must share parameters.
class Points {
 public:
  /// False when `value` was there already.
  bool add(const std::string& value) { return parent_.emplace(value, value).second; }
  [[nodiscard]] bool contains(const std::string& value) const { return parent_.count(value) != 0; }

  void join(const std::string& a, const std::string& b) {
    const std::string& x = root(a);
    const std::string& y = root(b);
    if (x != y) parent_[std::max(x, y)] = std::min(x, y);
  }

  /// By root, which is the first value of its class.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> classes() {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [value, parent] : parent_) found[root(value)].push_back(value);
    return found;
  }

 private:
  const std::string& root(const std::string& value) {
    std::string& parent = parent_.at(value);
    if (parent == value) return parent;
    parent = std::string(root(parent));
    return parent;
  }

  std::map<std::string, std::string> parent_{};
};

class Placer {
 public:
  Placer(const Graph& graph, const Types& types, const std::set<std::string, std::less<>>& excluded)
      : graph_(graph), types_(types), excluded_(excluded), index_(graph), patterns_(float_patterns(graph, index_)) {}

  Placement result() {
    placement_.nodes.resize(graph_.nodes.size());
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      decide(at);
      codes_behind_.push_back(codes_behind(at));
    }
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!integer(at)) continue;
      const Node& node = graph_.nodes[at];
      for (std::size_t i = 0; i < activation_inputs(node); ++i) require(node.inputs[i]);
    }
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) require_result(at);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) keep_as_codes(at);
    for (auto& [first, values] : points_.classes()) placement_.classes.push_back(parameter_class(std::move(values)));
    return std::move(placement_);
  }

 private:
  [[nodiscard]] bool integer(std::size_t at) const { return placement_.nodes[at].place == Place::Integer; }

  void decide(std::size_t at) {
    const Node& node = graph_.nodes[at];
    NodePlace& here = placement_.nodes[at];
    if (moves(at)) {
      here.reason = "moves values for float operators";  // until someone behind it asks for codes
      return;
    }
    here.reason = obstacle(graph_, types_, node);
    if (!here.reason.empty()) return;
    if (const auto pattern = patterns_.find(at); pattern != patterns_.end()) {
      here.reason = pattern->second;
    } else if (!pays(at)) {
      here.reason = "reads no result of an integer layer, so that codes would gain nothing";
    } else if (excluded_.count(node.name) != 0) {
      here.reason = "excluded by the configuration";
      placement_.ignored.insert(node.name);
    } else {
      here.place = Place::Integer;
    }
  }

  [[nodiscard]] bool moves(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (!moves_values(node.op)) return false;
    const bool one_result =
        std::all_of(node.outputs.begin() + 1, node.outputs.end(), [](auto& v) { return v.empty(); });
    if (!one_result) return false;
    for (std::size_t i = 0; i < moved_inputs(node); ++i) {
      if (!is_activation(graph_, types_, node.inputs[i])) return false;
    }
    return true;
  }

  /// Arithmetic without weights is cheap in float; in integers it pays where its input exists as codes anyway.
  [[nodiscard]] bool pays(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul") return true;
    return std::any_of(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(activation_inputs(node)),
                       [this](const auto& value) { return from_integer_layer(value); });
  }

  [[nodiscard]] bool from_integer_layer(const std::string& value) const {
    const auto at = index_.producer(value);
    return at && codes_behind_[*at];
  }

  /// Whether the result of node `at` stems from an integer layer, perhaps through its activation and moves.
  [[nodiscard]] bool codes_behind(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (integer(at)) return true;
    const auto inputs = node.inputs.begin();
    if (moves(at)) {
      return std::any_of(inputs, inputs + static_cast<std::ptrdiff_t>(moved_inputs(node)),
                         [this](const auto& value) { return from_integer_layer(value); });
    }
    const auto before = node.inputs.empty() ? std::nullopt : index_.producer(node.inputs[0]);
    return before && integer(*before) && fused_activation(graph_, index_, *before) == at;
  }

  /// Gives `value` a point, and whatever it is moved from.
  void require(const std::string& wanted) {
    std::vector<std::string> open{wanted};
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      if (!points_.add(value)) continue;
      const auto at = index_.producer(value);
      if (!at || !moves(*at)) continue;
      placement_.nodes[*at] = {Place::Passthrough, {}};
      const Node& node = graph_.nodes[*at];
      for (std::size_t i = 0; i < moved_inputs(node); ++i) open.push_back(node.inputs[i]);
      joins_.emplace_back(value, *at);
    }
    for (const auto& [value, at] : joins_) {
      const Node& node = graph_.nodes[at];
      for (std::size_t i = 0; i < moved_inputs(node); ++i) points_.join(value, node.inputs[i]);
    }
    joins_.clear();
  }

  /// ONNX Runtime computes these in float unless a QuantizeLinear follows.
  void require_result(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (!integer(at) || node.op == "Gemm" || node.op == "MatMul") return;
    const auto& result = graph_.nodes[fused_activation(graph_, index_, at).value_or(at)].outputs[0];
    if (!index_.is_output(result) && !ends_the_network(result)) require(result);
  }

  /// What only moves codes needs no float detour, also where float operators read it.
  void keep_as_codes(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (!moves(at) || node.op == "Concat" || !points_.contains(node.inputs[0]) || !codes_behind_[at]) return;
    if (!index_.is_output(node.outputs[0]) && !ends_the_network(node.outputs[0])) require(node.outputs[0]);
  }

  /// Whether all that follows `value` are moves, final functions and outputs: its precision is the answer's.
  [[nodiscard]] bool ends_the_network(const std::string& result) const {
    constexpr std::array<std::string_view, 5> kFinal{"Softmax", "LogSoftmax", "Sigmoid", "ArgMax", "TopK"};
    std::vector<std::string> open{result};
    std::set<std::string> seen;
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      if (!seen.insert(value).second) continue;
      const auto& readers = index_.readers(value);
      if (readers.empty() && !index_.is_output(value)) return false;
      for (const std::size_t at : readers) {
        const std::string& op = graph_.nodes[at].op;
        const bool final = moves_values(op) || std::find(kFinal.begin(), kFinal.end(), op) != kFinal.end();
        if (!final || placement_.nodes[at].place == Place::Passthrough) return false;
        for (const auto& output : graph_.nodes[at].outputs) {
          if (!output.empty()) open.push_back(output);
        }
      }
    }
    return true;
  }

  [[nodiscard]] ParameterClass parameter_class(std::vector<std::string> values) const {
    ParameterClass made{
        std::move(values), {}, {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}};
    for (const auto& value : made.values) {
      const auto at = index_.producer(value);
      if (at && placement_.nodes[*at].place == Place::Passthrough) continue;
      made.sources.push_back(value);
      const Bounds bounds = at ? bounds_of(graph_, graph_.nodes[*at]) : Bounds{};
      made.bounds = {std::min(made.bounds.lo, bounds.lo), std::max(made.bounds.hi, bounds.hi)};
    }
    return made;
  }

  const Graph& graph_;
  const Types& types_;
  const std::set<std::string, std::less<>>& excluded_;
  GraphIndex index_;
  std::map<std::size_t, std::string> patterns_;
  std::vector<bool> codes_behind_{};  // of the nodes decided so far
  Points points_{};
  std::vector<std::pair<std::string, std::size_t>> joins_{};  // a moved value, and the node that moves it
  Placement placement_{};
};

}  // namespace

Placement placed(const Graph& graph, const Types& types, const std::set<std::string, std::less<>>& excluded) {
  return Placer(graph, types, excluded).result();
}

}  // namespace quantrail
