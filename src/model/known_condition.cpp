#include "model/known_condition.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "model/infer.h"
#include "model/passes.h"

namespace quantrail {
namespace {

/// What takes sizes from shapes. Its result is the same at sizes as different as those that are tried only where it
/// depends on none that is open; of what is computed from it ("N == 7") the same cannot be said.
bool selects(std::string_view op) { return op == "Shape" || op == "Size" || op == "Gather" || op == "Slice"; }

bool open(const Graph& graph) {
  return std::any_of(graph.inputs.begin(), graph.inputs.end(), [](const auto& input) {
    return std::find(input.shape.begin(), input.shape.end(), -1) != input.shape.end();
  });
}

class Inquiry {
 public:
  explicit Inquiry(Graph graph) : graph_(std::move(graph)), condition_(graph_.outputs.at(0).name) {
    graph_.outputs.clear();
    Names names(graph_);
    std::vector<std::string> wanted{condition_};
    for (const auto& node : graph_.nodes) {
      if (selects(node.op)) wanted.push_back(node.outputs[0]);
    }
    for (const auto& value : wanted) {  // folding leaves outputs alone, so they are copies
      const auto copy = names.value(value + "_copy");
      graph_.nodes.push_back({.name = names.node(copy), .op = "Identity", .inputs = {value}, .outputs = {copy}});
      graph_.outputs.push_back({.name = copy});
    }
  }

  Result<bool> answer() {
    std::string why;
    for (const std::int64_t size : std::array<std::int64_t, 8>{1, 2, 3, 32, 64, 224, 1000, 4099}) {
      InputShapes shapes;
      for (const auto& input : graph_.inputs) {
        auto& shape = shapes[input.name] = input.shape;
        std::replace(shape.begin(), shape.end(), std::int64_t{-1}, size);
      }
      const auto model = specialised(graph_, shapes);
      if (model) known_.push_back(known_values(*model));
      if (!model && why.empty()) why = model.error().message;
      if (!open(graph_)) break;
    }
    if (known_.empty())
      return fail(Cause::Unsupported, "its condition cannot be computed from the inputs' shapes: {}", why);
    const bool always_known =
        std::all_of(known_.begin(), known_.end(), [&](const auto& values) { return values.contains(condition_); });
    if (!always_known) return fail(Cause::Unsupported, "its condition depends on data, which is not supported");
    if (!independent()) {
      return fail(Cause::Unsupported,
                  "its condition depends on sizes that are open, which is not supported: export the model with fixed "
                  "ones");
    }
    const auto& value = *known_.front().at(condition_);
    if (value.type != ElementType::Bool || value.bytes.size() != 1)
      return fail(Cause::InvalidInput, "its condition is no single bool");
    return value.bytes[0] != std::byte{0};
  }

 private:
  using Values = std::map<std::string, TensorPtr, std::less<>>;

  static Values known_values(const Specialised& model) {
    Values values;
    for (const auto& node : model.graph.nodes) {
      const auto value = constant_input(model.graph, node, 0);
      if (node.op == "Identity" && value != nullptr) values[node.inputs[0]] = value;
    }
    return values;
  }

  [[nodiscard]] bool steady(const std::string& name) const {
    const auto first = known_.front().find(name);
    return first != known_.front().end() && std::all_of(known_.begin(), known_.end(), [&](const auto& values) {
             const auto found = values.find(name);
             return found != values.end() && *found->second == *first->second;
           });
  }

  /// Whether the condition follows from constants and sizes that are not open.
  [[nodiscard]] bool independent() const {
    const GraphIndex index(graph_);
    std::vector<std::string> left{condition_};
    std::set<std::string, std::less<>> seen{""};
    while (!left.empty()) {
      const std::string name = std::move(left.back());
      left.pop_back();
      if (!seen.insert(name).second || graph_.constants.contains(name)) continue;
      const auto producer = index.producer(name);
      if (!producer) return false;
      const auto& node = graph_.nodes[*producer];
      // Where it is taken from must not depend on open sizes either: "table[N]" may be the same at all that are tried.
      const std::size_t first = selects(node.op) && steady(name) ? 1 : 0;
      left.insert(left.end(), node.inputs.begin() + std::min<std::ptrdiff_t>(first, std::ssize(node.inputs)),
                  node.inputs.end());
    }
    return true;
  }

  Graph graph_;
  std::string condition_;
  std::vector<Values> known_{};  ///< at each of the sizes that fit: the condition, and what selects() gives
};

}  // namespace

Result<bool> known_condition(Graph graph) { return Inquiry(std::move(graph)).answer(); }

}  // namespace quantrail
