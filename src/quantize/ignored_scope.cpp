#include "quantize/ignored_scope.h"

#include <algorithm>

#include "base/text.h"
#include "config/operator_names.h"
#include "model/attribute_schema.h"
#include "model/lowering.h"
#include "quantize/ignored_attributes.h"
#include "quantize/moves.h"

namespace quantrail {
namespace {

std::vector<std::string> names_of(const Node& node) {
  std::vector<std::string> names{node.name};
  names.insert(names.end(), node.absorbed.begin(), node.absorbed.end());
  for (const auto& output : node.outputs) {
    if (!output.empty()) names.push_back(output);
  }
  return names;
}

class Resolver {
 public:
  explicit Resolver(const Graph& graph) : graph_(graph), index_(graph) {}

  Result<ScopeMatch> scope(const std::string& pattern) const {
    const auto hits = positions([&](const Node& node) {
      const auto names = names_of(node);
      return std::any_of(names.begin(), names.end(), [&](const auto& name) { return matches_glob(pattern, name); });
    });
    if (!hits.empty()) return ScopeMatch{pattern, layers_meant(hits)};
    std::vector<std::string> known;
    for (const auto& node : graph_.nodes) {
      for (auto& name : names_of(node)) known.push_back(std::move(name));
    }
    return fail(Cause::InvalidInput, "ignored.scope: no layer, folded node or output of the model matches '{}'{}",
                printable(pattern), did_you_mean(pattern, known));
  }

  Result<ScopeMatch> operation(const IgnoredOperation& operation) const {
    auto hits = positions(
        [&](const Node& node) { return is_of_type(node, operation) && has_attributes(node, graph_.opset, operation); });
    if (hits.empty() && is_known(operation) && !is_there(operation))
      return ScopeMatch{described(operation), {}, "the model has none, or none is left of it once it is folded"};
    if (!hits.empty()) {
      // What is computed together with a layer has no codes of its own in front of it, so that none are left out.
      std::erase_if(hits, [&](std::size_t at) { return layer_of(at) != at; });
      if (hits.empty())
        return ScopeMatch{described(operation),
                          {},
                          "computed together with the layers before, which are quantized as "
                          "ever; name them in ignored.scope to keep them in float"};
      return ScopeMatch{described(operation), layers_meant(hits)};
    }
    return fail(Cause::InvalidInput, "ignored.operations: {}", why_none_matches(graph_, operation));
  }

 private:
  [[nodiscard]] static bool is_known(const IgnoredOperation& operation) {
    const auto ops = onnx_operators(operation.type);
    return std::any_of(ops.begin(), ops.end(), is_onnx_operator);
  }

  [[nodiscard]] bool is_there(const IgnoredOperation& operation) const {
    return std::any_of(graph_.nodes.begin(), graph_.nodes.end(),
                       [&](const Node& node) { return is_of_type(node, operation); });
  }

  template <class Wanted>
  [[nodiscard]] std::vector<std::size_t> positions(const Wanted& wanted) const {
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (wanted(graph_.nodes[at])) found.push_back(at);
    }
    return found;
  }

  /// Names in graph order. A reader comes behind what it reads, so one pass looks through any chain of moves.
  [[nodiscard]] std::vector<std::string> layers_meant(const std::vector<std::size_t>& hits) const {
    std::vector<bool> hit(graph_.nodes.size(), false);
    for (const std::size_t at : hits) hit[at] = true;
    std::vector<bool> meant(graph_.nodes.size(), false);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!hit[at]) continue;
      const Node& node = graph_.nodes[at];
      if (moved_inputs(graph_, node) > 0) {
        for (const auto& value : node.outputs) {
          for (const std::size_t reader : index_.readers(value)) hit[reader] = true;
        }
      } else {
        meant[layer_of(at)] = true;
      }
    }
    std::vector<std::string> names;
    for (std::size_t at = 0; at < meant.size(); ++at) {
      if (meant[at]) names.push_back(graph_.nodes[at].name);
    }
    return names;
  }

  [[nodiscard]] std::size_t layer_of(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (node.op != "Relu" && node.op != "Clip") return at;
    const auto before = index_.producer(node.inputs[0]);
    return before && fused_activation(graph_, index_, *before) == at ? *before : at;
  }

  const Graph& graph_;
  GraphIndex index_;
};

}  // namespace

Result<ResolvedScope> resolved(const IgnoredScope& ignored, const Graph& graph) {
  const Resolver resolver(graph);
  ResolvedScope scope;
  for (const auto& pattern : ignored.scope) {
    auto match = resolver.scope(pattern);
    if (!match) return failed(match);
    scope.matches.push_back(std::move(*match));
  }
  for (const auto& operation : ignored.operations) {
    auto match = resolver.operation(operation);
    if (!match) return failed(match);
    scope.matches.push_back(std::move(*match));
  }
  for (const auto& match : scope.matches) scope.nodes.insert(match.nodes.begin(), match.nodes.end());
  return scope;
}

}  // namespace quantrail
