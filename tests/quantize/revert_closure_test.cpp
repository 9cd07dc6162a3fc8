#include "quantize/revert_closure.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using ::testing::ElementsAre;

/// Nodes "name op inputs -> output", each a group of its own unless it is a move; points at `points`.
struct Network {
  Graph graph{.name = "net", .opset = 13};
  Quantization quantization{};

  Network& layer(const std::string& name, const std::vector<std::string>& inputs) {
    graph.nodes.push_back({.name = name, .op = "Conv", .inputs = inputs, .outputs = {name + ":0"}});
    quantization.layers[name] = {};
    quantization.groups.push_back({name, {name}});
    return *this;
  }
  Network& move(const std::string& name, const std::vector<std::string>& inputs) {
    graph.nodes.push_back({.name = name, .op = "MaxPool", .inputs = inputs, .outputs = {name + ":0"}});
    quantization.passthrough.insert(name);
    return *this;
  }
  Network& in_float(const std::string& name, const std::vector<std::string>& inputs) {
    graph.nodes.push_back({.name = name, .op = "Sigmoid", .inputs = inputs, .outputs = {name + ":0"}});
    return *this;
  }
  [[nodiscard]] std::vector<std::vector<std::string>> closed(const std::vector<std::string>& points) {
    for (const auto& point : points) quantization.activations[point] = {};
    std::vector<std::vector<std::string>> out;
    for (const auto& group : closed_groups(graph, quantization)) {
      EXPECT_EQ(group.name, group.members.front());
      out.push_back(group.members);
    }
    return out;
  }
};

TEST(ClosedGroups, LeaveLayersInARowApart) {
  Network net;
  net.layer("a", {"x"}).layer("b", {"a:0"}).layer("c", {"b:0"});
  EXPECT_THAT(net.closed({"x", "a:0", "b:0"}), ElementsAre(ElementsAre("a"), ElementsAre("b"), ElementsAre("c")));
}

TEST(ClosedGroups, JoinAllReadersOfAValue) {
  // A residual block: its first layer and the addition read the same value, the addition also reads the second's.
  Network net;
  net.layer("stem", {"x"}).layer("one", {"stem:0"}).layer("two", {"one:0"}).layer("add", {"two:0", "stem:0"});
  net.layer("behind", {"add:0"});
  EXPECT_THAT(net.closed({"x", "stem:0", "one:0", "two:0", "add:0"}),
              ElementsAre(ElementsAre("stem"), ElementsAre("one", "add"), ElementsAre("two"), ElementsAre("behind")));
}

TEST(ClosedGroups, LookThroughOperatorsThatOnlyMoveValues) {
  Network net;
  net.layer("stem", {"x"}).move("pool", {"stem:0"}).layer("one", {"pool:0"}).layer("two", {"stem:0"});
  net.layer("left", {"x2"}).move("join", {"one:0", "left:0"}).layer("three", {"join:0"}).layer("four", {"left:0"});
  EXPECT_THAT(
      net.closed({"x", "x2", "stem:0", "pool:0", "one:0", "left:0", "join:0"}),
      ElementsAre(ElementsAre("stem"), ElementsAre("one", "two"), ElementsAre("left"), ElementsAre("three", "four")));
}

TEST(ClosedGroups, GoUpThroughFloatUntilSomethingIsQuantized) {
  Network net;
  net.layer("a", {"x"}).in_float("gate", {"a:0"}).layer("mul", {"gate:0", "b:0"}).layer("b", {"a:0"});
  EXPECT_THAT(net.closed({"x", "a:0", "b:0"}), ElementsAre(ElementsAre("a"), ElementsAre("mul", "b")));
}

TEST(ClosedGroups, TakesItsTimeOnlyOnceInAMazeOfBranches) {
  Network net;
  std::string value = "x";
  for (int at = 0; at < 60; ++at) {
    const std::string name = "f" + std::to_string(at);
    net.in_float(name, {value, value});
    net.in_float(name + "'", {name + ":0", value});
    value = name + "':0";
  }
  net.layer("end", {value});
  EXPECT_THAT(net.closed({"x"}), ElementsAre(ElementsAre("end")));
}

}  // namespace
}  // namespace quantrail
