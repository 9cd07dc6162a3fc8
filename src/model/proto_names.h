#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

namespace onnx {
class GraphProto;
class NodeProto;
}  // namespace onnx

namespace quantrail {

/// Every value that a graph and the graphs inside its nodes define, with how many of them do.
[[nodiscard]] std::map<std::string, int, std::less<>> definitions(const onnx::GraphProto& graph);
/// The same without the numbers.
[[nodiscard]] std::set<std::string, std::less<>> defined_names(const onnx::GraphProto& graph);

/// Calls `use` for each value that a node reads, and each that the graphs inside it name.
void for_each_read(const onnx::NodeProto& node, const std::function<void(const std::string&)>& use);

/// Every value that a node and the graphs inside it name becomes what `renamed` says; "" (left out) stays.
using Renaming = std::function<std::string(const std::string&)>;
void rename_values(onnx::NodeProto& node, const Renaming& renamed);

}  // namespace quantrail
