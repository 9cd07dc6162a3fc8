#include "model/proto_names.h"

#include <onnx/onnx_pb.h>

namespace quantrail {
namespace {

template <class Node, class Act>
void for_each_graph(Node& node, const Act& act) {
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) act(*attribute.mutable_g());
    for (auto& graph : *attribute.mutable_graphs()) act(graph);
  }
}

template <class Act>
void for_each_graph(const onnx::NodeProto& node, const Act& act) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) act(attribute.g());
    for (const auto& graph : attribute.graphs()) act(graph);
  }
}

void add_defined(std::map<std::string, int, std::less<>>& names, const onnx::GraphProto& graph) {
  for (const auto& input : graph.input()) ++names[input.name()];
  for (const auto& initializer : graph.initializer()) ++names[initializer.name()];
  for (const auto& node : graph.node()) {
    for (const auto& output : node.output()) ++names[output];
    for_each_graph(node, [&](const onnx::GraphProto& inner) { add_defined(names, inner); });
  }
}

void rename(std::string* name, const Renaming& renamed) {
  if (!name->empty()) *name = renamed(*name);
}

void rename_graph(onnx::GraphProto& graph, const Renaming& renamed) {
  for (auto& input : *graph.mutable_input()) rename(input.mutable_name(), renamed);
  for (auto& initializer : *graph.mutable_initializer()) rename(initializer.mutable_name(), renamed);
  for (auto& node : *graph.mutable_node()) rename_values(node, renamed);
  for (auto& output : *graph.mutable_output()) rename(output.mutable_name(), renamed);
  graph.clear_value_info();
}

}  // namespace

std::map<std::string, int, std::less<>> definitions(const onnx::GraphProto& graph) {
  std::map<std::string, int, std::less<>> names;
  add_defined(names, graph);
  return names;
}

std::set<std::string, std::less<>> defined_names(const onnx::GraphProto& graph) {
  std::set<std::string, std::less<>> names;
  for (const auto& [name, count] : definitions(graph)) names.insert(name);
  return names;
}

void for_each_read(const onnx::NodeProto& node, const std::function<void(const std::string&)>& use) {
  for (const auto& input : node.input()) use(input);
  for_each_graph(node, [&](const onnx::GraphProto& inner) {
    for (const auto& one : inner.node()) for_each_read(one, use);
    for (const auto& output : inner.output()) use(output.name());
  });
}

void rename_values(onnx::NodeProto& node, const Renaming& renamed) {
  for (auto& input : *node.mutable_input()) rename(&input, renamed);
  for (auto& output : *node.mutable_output()) rename(&output, renamed);
  for_each_graph(node, [&](onnx::GraphProto& inner) { rename_graph(inner, renamed); });
}

}  // namespace quantrail
