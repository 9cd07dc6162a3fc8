#include "model/well_formed.h"

#include <algorithm>
#include <queue>
#include <set>

#include "base/text.h"
#include "model/fresh_names.h"

namespace quantrail {
namespace {

using Names = std::set<std::string, std::less<>>;

bool has(const Names& names, std::string_view name) { return names.find(name) != names.end(); }

void name_nodes(Graph& graph) {
  FreshNames names;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    Node& node = graph.nodes[at];
    if (node.name.empty()) node.name = node.op + "_" + std::to_string(at);
    node.name = names.like(node.name);
  }
}

// A recurrent node may leave out its first output; what looks at graphs need not care for that.
void name_first_outputs(Graph& graph, FreshNames& names) {
  for (auto& node : graph.nodes) {
    if (node.outputs[0].empty()) node.outputs[0] = names.like(node.name + "_unused");
  }
}

/// Everything that the graph defines. Errors: InvalidInput when something is defined twice.
Result<Names> defined_values(const Graph& graph) {
  Names names;
  const auto twice = [](const std::string& name) {
    return fail(Cause::InvalidInput, "value '{}' is defined twice", printable(name));
  };
  for (const auto& input : graph.inputs) {
    if (!names.insert(input.name).second) return twice(input.name);
  }
  for (const auto& [name, value] : graph.constants) {
    if (!names.insert(name).second) return twice(name);
  }
  for (const auto& node : graph.nodes) {
    for (const auto& output : node.outputs) {
      if (!output.empty() && !names.insert(output).second) return twice(output);
    }
  }
  return names;
}

Status check_nodes(const Graph& graph, const Names& defined) {
  for (const auto& node : graph.nodes) {
    for (const auto& input : node.inputs) {
      if (!input.empty() && !has(defined, input)) {
        return fail(Cause::InvalidInput, "{}: nothing defines its input '{}'", described(node, graph.opset),
                    printable(input));
      }
    }
    const bool named = std::any_of(node.outputs.begin(), node.outputs.end(), [](const auto& o) { return !o.empty(); });
    if (!named) return fail(Cause::InvalidInput, "{}: none of its outputs has a name", described(node, graph.opset));
  }
  return {};
}

Status check_outputs(const Graph& graph, const Names& defined) {
  for (const auto& output : graph.outputs) {
    const std::string name = printable(output.name);
    if (!has(defined, output.name)) return fail(Cause::InvalidInput, "nothing computes output '{}'", name);
    for (const auto& input : graph.inputs) {
      if (input.name == output.name)
        return fail(Cause::Unsupported,
                    "output '{}' is an input passed on, which is not supported: leave it out of the model's outputs",
                    name);
    }
  }
  return {};
}

// Readers of a graph need not care for outputs that are constants: an Identity computes them.
void compute_constant_outputs(Graph& graph, FreshNames& names) {
  for (const auto& output : graph.outputs) {
    auto constant = graph.constants.extract(output.name);
    if (constant.empty()) continue;
    constant.key() = names.like(output.name + "_constant");
    for (auto& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), output.name, constant.key());
    graph.nodes.push_back(
        {.name = output.name, .op = "Identity", .inputs = {constant.key()}, .outputs = {output.name}});
    graph.constants.insert(std::move(constant));
  }
}

/// Topological order that takes, of the nodes that are ready, the first one in the file.
Result<std::vector<std::size_t>> order_of(const Graph& graph) {
  const GraphIndex index(graph);
  std::vector<std::size_t> waiting(graph.nodes.size(), 0);
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    std::set<std::size_t> producers;
    for (const auto& input : graph.nodes[at].inputs) {
      if (const auto producer = index.producer(input)) producers.insert(*producer);
    }
    waiting[at] = producers.size();
    if (producers.empty()) ready.push(at);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t at = ready.top();
    ready.pop();
    order.push_back(at);
    std::set<std::size_t> readers;
    for (const auto& output : graph.nodes[at].outputs) {
      const auto& of_one = index.readers(output);
      readers.insert(of_one.begin(), of_one.end());
    }
    for (const auto reader : readers) {
      if (--waiting[reader] == 0) ready.push(reader);
    }
  }
  if (order.size() == graph.nodes.size()) return order;
  const auto stuck = std::find_if(waiting.begin(), waiting.end(), [](auto count) { return count > 0; });
  const auto& node = graph.nodes[static_cast<std::size_t>(stuck - waiting.begin())];
  return fail(Cause::InvalidInput, "{}: lies on or behind a cycle", described(node, graph.opset));
}

}  // namespace

bool in_order(const Graph& graph) {
  const GraphIndex index(graph);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    for (const auto& input : graph.nodes[at].inputs) {
      if (index.producer(input).value_or(0) > at || index.producer(input) == at) return false;
    }
  }
  return true;
}

Result<Graph> well_formed(Graph graph) {
  const auto defined = defined_values(graph);
  if (!defined) return failed(defined);
  if (auto ok = check_nodes(graph, *defined); !ok) return failed(ok);
  if (auto ok = check_outputs(graph, *defined); !ok) return failed(ok);
  FreshNames values(*defined);
  compute_constant_outputs(graph, values);
  name_nodes(graph);
  name_first_outputs(graph, values);
  const auto order = order_of(graph);
  if (!order) return failed(order);
  std::vector<Node> nodes;
  for (const auto at : *order) nodes.push_back(std::move(graph.nodes[at]));
  graph.nodes = std::move(nodes);
  return graph;
}

}  // namespace quantrail
