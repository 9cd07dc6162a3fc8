#include "model/proto_branches.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"
#include "model/expanders.h"
#include "model/fresh_names.h"
#include "model/known_condition.h"
#include "model/proto_graph.h"
#include "model/proto_names.h"
#include "model/upgrade.h"
#include "model/well_formed.h"

namespace quantrail {
namespace {

constexpr int kNone = -1;
constexpr std::size_t kMostVisits = 1U << 24U;  ///< nodes looked at for conditions, in all

std::string told(const onnx::NodeProto& node) { return fmt::format("node '{}' (If)", printable(node.name())); }

const onnx::GraphProto* branch(const onnx::NodeProto& node, std::string_view name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name && attribute.has_g()) return &attribute.g();
  }
  return nullptr;
}

/// A condition with what it is computed from.
struct Question {
  int node = kNone;               ///< the If's position
  std::vector<bool> ancestors{};  ///< by position
};

class Branches {
 public:
  Branches(onnx::GraphProto& graph, std::int64_t opset, ExternalData& external)
      : graph_(graph), opset_(opset), external_(external), defined_(definitions(graph)), fresh_(defined_names(graph)) {}

  Status take_all() {
    drop_unread();
    for (;;) {
      const auto question = next();
      if (!question) return failed(question);
      if (question->node == kNone) return {};
      auto condition = asked(*question);
      if (!condition) return failed(condition);
      const auto answer = known_condition(std::move(*condition));
      if (!answer) return failed(answer, told(graph_.node(question->node)));
      if (auto ok = splice(question->node, *answer); !ok) return failed(ok);
    }
  }

 private:
  /// Of those whose results nobody reads no branch need be known.
  void drop_unread() {
    std::set<std::string, std::less<>> read;
    for (const auto& output : graph_.output()) read.insert(output.name());
    for (const auto& node : graph_.node()) {
      for_each_read(node, [&](const std::string& value) { read.insert(value); });
    }
    auto& nodes = *graph_.mutable_node();
    const auto unread = [&](const onnx::NodeProto& node) {
      return node.op_type() == "If" && std::none_of(node.output().begin(), node.output().end(),
                                                    [&](const auto& out) { return read.contains(out); });
    };
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(), unread), nodes.end());
  }

  /// The first If whose condition does not depend on another one.
  Result<Question> next() {
    std::map<std::string, int, std::less<>> producers;
    int first = kNone;
    for (int at = 0; at < graph_.node_size(); ++at) {
      for (const auto& output : graph_.node(at).output()) producers.emplace(output, at);
    }
    visits_ += producers.size();
    for (int at = 0; at < graph_.node_size(); ++at) {
      if (graph_.node(at).op_type() != "If") continue;
      if (first == kNone) first = at;
      Question question{at, std::vector<bool>(static_cast<std::size_t>(graph_.node_size()))};
      if (graph_.node(at).input_size() != 1)
        return fail(Cause::InvalidInput, "{}: needs one input, its condition", told(graph_.node(at)));
      const auto plain = mark(question.ancestors, graph_.node(at).input(0), producers);
      if (!plain) return failed(plain, told(graph_.node(at)));
      if (*plain) return question;
    }
    if (first == kNone) return Question{};
    return fail(Cause::Unsupported, "{}: its condition depends on itself or on other control flow",
                told(graph_.node(first)));
  }

  /// Marks what `value` is computed from; false where control flow is among it.
  Result<bool> mark(std::vector<bool>& ancestors, const std::string& value,
                    const std::map<std::string, int, std::less<>>& producers) {
    std::vector<std::string> open{value};
    while (!open.empty()) {
      const auto found = producers.find(open.back());
      open.pop_back();
      if (found == producers.end() || ancestors[static_cast<std::size_t>(found->second)]) continue;
      if (++visits_ > kMostVisits) return fail(Cause::Unsupported, "the model has too much control flow");
      const auto& node = graph_.node(found->second);
      if (node.op_type() == "If") return false;
      ancestors[static_cast<std::size_t>(found->second)] = true;
      for_each_read(node, [&](const std::string& read) { open.push_back(read); });
    }
    return true;
  }

  /// What the condition is computed from, as a graph of its own.
  Result<Graph> asked(const Question& question) {
    onnx::GraphProto part;
    const auto& condition = graph_.node(question.node).input(0);
    std::set<std::string, std::less<>> read{condition};
    for (int at = 0; at < graph_.node_size(); ++at) {
      if (!question.ancestors[static_cast<std::size_t>(at)]) continue;
      *part.add_node() = graph_.node(at);
      for_each_read(graph_.node(at), [&](const std::string& value) { read.insert(value); });
    }
    for (const auto& initializer : graph_.initializer()) {
      if (read.contains(initializer.name())) *part.add_initializer() = initializer;
    }
    *part.mutable_input() = graph_.input();
    part.add_output()->set_name(condition);
    auto graph = graph_from(part, opset_, external_);
    if (!graph) return failed(graph);
    auto formed = well_formed(std::move(*graph));
    if (!formed) return failed(formed);
    auto upgrade = upgraded(std::move(*formed));
    if (!upgrade) return failed(upgrade);
    return expand_operators(std::move(*upgrade));
  }

  Status splice(int at, bool condition) {
    onnx::NodeProto taken;
    taken.Swap(graph_.mutable_node(at));
    const auto* found = branch(taken, condition ? "then_branch" : "else_branch");
    if (found == nullptr || found->output_size() < taken.output_size())
      return fail(Cause::InvalidInput, "{}: a branch with {} outputs is needed", told(taken), taken.output_size());
    onnx::GraphProto inner = *found;
    std::map<std::string, std::string, std::less<>> names;
    const auto define = [&](const std::string& name) {
      const bool alone = defined_[name] == 1;  // in all branches of the model, also those that may yet come up
      if (!name.empty()) names[name] = alone ? name : fresh_.like(name);
    };
    for (const auto& initializer : inner.initializer()) define(initializer.name());
    for (const auto& node : inner.node()) {
      for (const auto& output : node.output()) define(output);
    }
    const Renaming renamed = [&](const std::string& name) {
      const auto known = names.find(name);
      return known == names.end() ? name : known->second;
    };
    for (auto& initializer : *inner.mutable_initializer()) {
      initializer.set_name(renamed(initializer.name()));
      graph_.add_initializer()->Swap(&initializer);
    }
    google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
    for (int before = 0; before < graph_.node_size(); ++before) {
      if (before != at) {
        nodes.Add()->Swap(graph_.mutable_node(before));
        continue;
      }
      for (auto& node : *inner.mutable_node()) {
        rename_values(node, renamed);
        nodes.Add()->Swap(&node);
      }
      for (int output = 0; output < taken.output_size(); ++output) {
        if (taken.output(output).empty()) continue;
        auto& identity = *nodes.Add();
        identity.set_name(taken.output(output));
        identity.set_op_type("Identity");
        identity.add_input(renamed(inner.output(output).name()));
        identity.add_output(taken.output(output));
      }
    }
    graph_.mutable_node()->Swap(&nodes);
    return {};
  }

  onnx::GraphProto& graph_;
  std::int64_t opset_;
  ExternalData& external_;
  std::map<std::string, int, std::less<>> defined_;
  FreshNames fresh_;
  std::size_t visits_ = 0;
};

}  // namespace

Status take_known_branches(onnx::GraphProto& graph, std::int64_t opset, ExternalData& external) {
  return Branches(graph, opset, external).take_all();
}

}  // namespace quantrail
