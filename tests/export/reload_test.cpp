#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "export/onnx_bytes.h"
#include "export/small_network.h"
#include "model/load.h"

namespace quantrail {
namespace {

using testing::SmallNetwork;

Result<Model> reloaded(const Graph& graph) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "quantrail_reload_test.onnx";
  const auto bytes = onnx_bytes(graph);
  if (!bytes) return failed(bytes);
  if (const auto written = write_file(path, *bytes); !written) return failed(written);
  auto model = load_model(path);
  std::filesystem::remove(path);
  return model;
}

TEST(OnnxBytes, LoadAsTheSameGraph) {
  SmallNetwork net;
  auto v = net.clip("clip", net.conv("c1", "x", {.stride = 2, .bias = false}), 0.0F, 6.0F);
  v = net.concat("cat", {v, net.max_pool("pool", "x")});
  net.output(net.gemm("fc", net.flatten("flat", v), 3));
  const Graph& graph = net.graph();
  const auto model = reloaded(graph);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const Graph& loaded = model->graph;
  EXPECT_EQ(loaded.opset, graph.opset);
  EXPECT_EQ(loaded.inputs[0].shape, graph.inputs[0].shape);
  EXPECT_EQ(loaded.inputs[0].symbols, graph.inputs[0].symbols);
  EXPECT_EQ(loaded.outputs[0].name, graph.outputs[0].name);
  ASSERT_EQ(loaded.constants.size(), graph.constants.size());
  for (const auto& [name, tensor] : graph.constants) EXPECT_EQ(*loaded.constants.at(name), *tensor) << name;
  ASSERT_EQ(loaded.nodes.size(), graph.nodes.size());
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    EXPECT_EQ(loaded.nodes[at].name, graph.nodes[at].name);
    EXPECT_EQ(loaded.nodes[at].op, graph.nodes[at].op);
    EXPECT_EQ(loaded.nodes[at].inputs, graph.nodes[at].inputs);
    EXPECT_EQ(loaded.nodes[at].outputs, graph.nodes[at].outputs);
    EXPECT_EQ(loaded.nodes[at].attributes, graph.nodes[at].attributes);
  }
}

}  // namespace
}  // namespace quantrail
