// Files of some hundred kilobytes that hold one long chain of nodes, or call for much computing: whatever they hold,
// the time that they take grows with their size. Limits are a hundred times what is needed, and less than what squares
// take.
#include <gmock/gmock.h>

#include <chrono>

#include "model/canonical.h"
#include "model/graph_builder.h"
#include "model/infer.h"
#include "model/load.h"
#include "model/node_names.h"
#include "model/onnx_file.h"

namespace quantrail {
namespace {

using testing::GraphBuilder;
using testing::onnx_model;

constexpr int kNodes = 20000;

template <class Work>
double seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// x -> op -> op -> ... -> y
GraphBuilder chain(const std::string& op, int nodes) {
  GraphBuilder b;
  std::string value = b.input("x", {-1, 1, 2, 2});
  for (int at = 0; at < nodes; ++at) value = b.node(op, "n" + std::to_string(at), {value});
  b.output(value, {-1, 1, 2, 2});
  return b;
}

TEST(LongChain, EqualNamesAreToldApart) {
  auto proto = onnx_model(chain("Relu", kNodes).graph());
  for (auto& node : *proto.mutable_graph()->mutable_node()) node.set_name("same");
  EXPECT_LT(seconds([&] {
              const auto model = parsed_model(proto.SerializeAsString());
              ASSERT_TRUE(model) << model.error().message;
              EXPECT_EQ(model->graph.nodes.back().name, "same_" + std::to_string(kNodes));
            }),
            10.0);
}

TEST(LongChain, IdentitiesGo) {
  const Graph graph = chain("Identity", kNodes).graph();
  EXPECT_LT(seconds([&] { EXPECT_EQ(canonicalised(graph)->nodes.size(), 1U); }), 10.0);
}

TEST(LongChain, ScalesFoldIntoTheirLayers) {
  GraphBuilder b;
  std::string value = b.input("x", {-1, 1, 2, 2});
  const auto scale = b.filled("scale", {1}, 1.0F);
  const auto weights = b.filled("w", {1, 1, 1, 1}, 1.0F);
  for (int at = 0; at < 3000; ++at) {
    value =
        b.node("Mul", "m" + std::to_string(at), {b.node("Conv", "c" + std::to_string(at), {value, weights}), scale});
  }
  b.output(value, {-1, 1, 2, 2});
  EXPECT_LT(seconds([&] { EXPECT_EQ(canonicalised(b.graph())->nodes.size(), 3000U); }), 10.0);
}

TEST(LongChain, CostlyConstantsStayNodes) {
  GraphBuilder b;
  const auto big = b.node("ConstantOfShape", "big", {b.integers("size", {1, 1, 2048, 2048})});
  const auto kernel = b.node("ConstantOfShape", "kernel", {b.integers("kernel_size", {1, 1, 15, 15})});
  const auto cost = b.node("Conv", "costs_a_billion", {big, kernel});
  b.output(b.node("Add", "add", {b.input("x", {-1, 1, 1, 1}), cost}), {-1, 1, 2034, 2034});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_THAT(node_names(*graph), ::testing::ElementsAre("costs_a_billion", "add"));
}

}  // namespace
}  // namespace quantrail
