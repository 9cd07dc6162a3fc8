#include "export/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <cstring>

#include "export/onnx_bytes.h"
#include "export/small_network.h"
#include "model/codes.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::SmallNetwork;

struct Residual {
  SmallNetwork net{};
  Quantization q{};
  Residual() {
    const auto v = net.relu("r1", net.conv("c1", "x"));
    const auto w = net.conv("c2", v);
    net.output(net.gemm("fc", net.flatten("flat", net.relu("r2", net.same("add", "Add", {w, v}))), 3));
    q.activations = {{"x", {0.02F, 128}},
                     {"r1:0", {0.03F, 0}},
                     {"c2:0", {0.05F, 128}},
                     {"r2:0", {0.05F, 0}},
                     {"flat:0", {0.05F, 0}}};
    q.passthrough = {"flat"};
    for (const auto* name : {"c1", "c2", "add", "fc"}) {
      const Node& node = net.graph().nodes[*GraphIndex(net.graph()).node(name)];
      if (node.op == "Add") {
        q.layers[name] = {};
      } else {
        const auto channels = node.op == "Gemm" ? 3U : 4U;
        q.layers[name] = {WeightParams{0, std::vector<float>(channels, 0.01F)}};
      }
      q.groups.push_back({name, {name}});
    }
  }
  [[nodiscard]] Result<ExportedModel> exported_with(const std::set<std::string, std::less<>>& reverted) const {
    return exported(net.graph(), q, reverted, RevertMode::Full, {sha256({})});
  }
};

onnx::ModelProto parsed(const std::string& bytes) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes));
  return model;
}

std::vector<float> floats_of(const onnx::TensorProto& tensor) {
  std::vector<float> values(tensor.raw_data().size() / sizeof(float));
  std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
  return values;
}

TEST(Export, PassesTheCheckerOfOnnxWhateverIsReverted) {
  for (const std::set<std::string, std::less<>>& reverted : std::vector<std::set<std::string, std::less<>>>{
           {}, {"c1"}, {"c2"}, {"add"}, {"fc"}, {"c1", "c2", "add", "fc"}}) {
    const auto model = Residual().exported_with(reverted);
    ASSERT_TRUE(model.has_value());
    EXPECT_NO_THROW(onnx::checker::check_model(parsed(model->bytes)));
  }
}

TEST(Export, ShiftsWhatIsAddedBehindAProductWhileThatRunsInIntegers) {
  SmallNetwork net({1, 5, 6});
  net.output(net.bias("b", net.matmul("m", "x", 3)));
  net.keep("b.bias", Tensor::of<float>({3}, std::vector<float>{1.0F, 2.0F, 3.0F}));
  Quantization q;
  q.activations = {{"x", {0.02F, 128}}};
  q.layers["m"] = {WeightParams{1, {0.01F, 0.01F, 0.01F}}};
  q.groups = {{"m", {"m"}}};
  q.bias_edits["m"] = {0.5F, 0.25F, -1.0F};
  const auto addend = [&](const std::set<std::string, std::less<>>& reverted, ExportProfile profile) {
    const auto model = parsed(exported(net.graph(), q, reverted, RevertMode::Full, {sha256({})}, profile)->bytes);
    for (const auto& node : model.graph().node()) {
      if (node.op_type() != "Add") continue;
      for (const auto& tensor : model.graph().initializer()) {
        if (tensor.name() == node.input(1)) return floats_of(tensor);
      }
    }
    return std::vector<float>{};
  };
  for (const auto profile : {ExportProfile::OnnxRuntime, ExportProfile::OpenVino}) {
    EXPECT_THAT(addend({}, profile), ElementsAre(1.5F, 2.25F, 2.0F));
    EXPECT_THAT(addend({"m"}, profile), ElementsAre(1.0F, 2.0F, 3.0F));
  }
}

TEST(Export, GivesEqualBytesForEqualArguments) {
  EXPECT_EQ(Residual().exported_with({"c2"})->bytes, Residual().exported_with({"c2"})->bytes);
  EXPECT_NE(Residual().exported_with({"c2"})->bytes, Residual().exported_with({})->bytes);
}

TEST(Export, KeepsInputsOutputsAndTheSymbolicBatch) {
  const auto model = parsed(Residual().exported_with({})->bytes);
  ASSERT_EQ(model.graph().input_size(), 1) << "initializers are no inputs";
  EXPECT_EQ(model.graph().input(0).name(), "x");
  EXPECT_EQ(model.graph().output(0).name(), "fc:0");
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(0).dim_param(), "N");
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(1).dim_value(), 3);
}

TEST(Export, WritesOnlyMetadataThatFollowsFromTheContent) {
  const Residual residual;
  const auto model = parsed(residual.exported_with({"c2"})->bytes);
  std::map<std::string, std::string> properties;
  for (const auto& entry : model.metadata_props()) properties[entry.key()] = entry.value();
  EXPECT_EQ(properties.at("quantrail.base_sha256"), sha256({}).hex());
  EXPECT_EQ(properties.at("quantrail.quantization_sha256"), residual.q.digest().hex());
  EXPECT_EQ(properties.at("quantrail.reverted"), R"(["c2"])");
  EXPECT_EQ(properties.at("quantrail.revert_mode"), "full");
  EXPECT_EQ(properties.size(), 5U);
}

TEST(Export, DropsInitializersThatNobodyReads) {
  const auto model = parsed(Residual().exported_with({})->bytes);
  for (const auto& initializer : model.graph().initializer()) EXPECT_NE(initializer.name(), "c1.weight");
}

TEST(Export, NamesTheLayersThatOnnxRuntimeWillComputeInFloat) {
  EXPECT_TRUE(Residual().exported_with({})->float_in_onnxruntime.empty());
  EXPECT_EQ(Residual().exported_with({"c2"})->float_in_onnxruntime, std::vector<std::string>{"c1"});
}

TEST(Export, RefusesAGroupThatDoesNotExist) {
  const auto model = Residual().exported_with({"c22"});
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().cause, Cause::InvalidInput);
  EXPECT_THAT(model.error().message, HasSubstr("did you mean \"c2\"?"));
}

TEST(OnnxBytes, WriteAFloatGraphAsItIs) {
  const Residual residual;
  const auto bytes = onnx_bytes(residual.net.graph());
  ASSERT_TRUE(bytes.has_value());
  const auto model = parsed(*bytes);
  EXPECT_NO_THROW(onnx::checker::check_model(model));
  EXPECT_EQ(model.graph().node_size(), static_cast<int>(residual.net.graph().nodes.size()));
}

TEST(OnnxBytes, ChooseTheIrVersionThatGoesWithTheOpset) {
  for (const auto& [opset, written, ir] :
       {std::tuple{11, 13, 7}, {13, 13, 7}, {15, 15, 8}, {17, 17, 8}, {19, 19, 9}, {21, 21, 10}}) {
    SmallNetwork net;
    net.output(net.relu("r", "x"));
    net.graph().opset = opset;
    const auto model = parsed(*onnx_bytes(net.graph()));
    EXPECT_EQ(model.opset_import(0).version(), written);
    EXPECT_EQ(model.ir_version(), ir);
  }
}

TEST(OnnxBytes, KeepEveryKindOfAttribute) {
  SmallNetwork net;
  const std::vector<std::int64_t> ints{1, 2};
  const std::vector<float> floats{0.5F};
  const std::vector<std::string> strings{"a", "b"};
  const auto tensor =
      std::make_shared<const Tensor>(Tensor::of<std::int64_t>({2}, std::span<const std::int64_t>(ints)));
  net.output(net.same("n", "Custom", {"x"},
                      {{"i", std::int64_t{7}},
                       {"f", 0.25F},
                       {"s", std::string("text")},
                       {"is", ints},
                       {"fs", floats},
                       {"ss", strings},
                       {"t", tensor}}));
  const auto model = parsed(*onnx_bytes(net.graph()));
  std::map<std::string, onnx::AttributeProto> found;
  for (const auto& attribute : model.graph().node(0).attribute()) found[attribute.name()] = attribute;
  EXPECT_EQ(found["i"].i(), 7);
  EXPECT_EQ(found["f"].f(), 0.25F);
  EXPECT_EQ(found["s"].s(), "text");
  EXPECT_EQ(found["is"].ints(1), 2);
  EXPECT_EQ(found["fs"].floats(0), 0.5F);
  EXPECT_EQ(found["ss"].strings(1), "b");
  EXPECT_EQ(found["t"].t().dims(0), 2);
}

}  // namespace
}  // namespace quantrail
