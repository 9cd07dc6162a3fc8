#include "model/load.h"

#include <gmock/gmock.h>

#include "model/graph_builder.h"
#include "model/node_names.h"
#include "model/onnx_file.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::onnx_model;
using testing::ScratchFolder;
using testing::write_bytes;
using testing::write_model;

Graph small_network() {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 8, 8});
  b.output(b.node("Relu", "relu", {b.conv("conv", x, 3, 4, 3)}), {-1, 4, 8, 8});
  return b.graph();
}

/// What load_model() says about a message.
Result<Model> loaded(const onnx::ModelProto& proto) {
  const ScratchFolder folder;
  write_model(folder / "model.onnx", proto);
  return load_model(folder / "model.onnx");
}

std::string refusal(const onnx::ModelProto& proto) {
  const auto model = loaded(proto);
  return model ? "loaded" : model.error().message;
}

TEST(Load, ReadsWhatWasWritten) {
  const auto model = loaded(onnx_model(small_network()));
  ASSERT_TRUE(model) << model.error().message;
  const Graph expected = small_network();
  EXPECT_EQ(model->graph.opset, 13);
  EXPECT_EQ(model->source_opset, 13);
  EXPECT_THAT(node_names(model->graph), ElementsAre("conv", "relu"));
  EXPECT_EQ(model->graph.inputs[0].shape, (Shape{-1, 3, 8, 8}));
  EXPECT_EQ(model->graph.inputs[0].symbols[0], "N");
  EXPECT_EQ(*model->graph.constants.at("conv_w"), *expected.constants.at("conv_w"));
  EXPECT_EQ(model->graph.nodes[0].attributes, expected.nodes[0].attributes);
  EXPECT_TRUE(model->notes.empty());
}

TEST(Load, TheHashIsTheFilesOwn) {
  const ScratchFolder folder;
  write_model(folder / "model.onnx", small_network());
  const auto model = load_model(folder / "model.onnx");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->hash, *sha256_file(folder / "model.onnx"));
  EXPECT_EQ(model->bytes, std::filesystem::file_size(folder / "model.onnx"));
}

TEST(Load, NamesUnnamedNodesAfterTheirOutputAndEqualOnesApart) {
  auto proto = onnx_model(small_network());
  proto.mutable_graph()->mutable_node(0)->clear_name();
  EXPECT_THAT(node_names(loaded(proto)->graph), ElementsAre("conv_out", "relu"));
  proto.mutable_graph()->mutable_node(0)->set_name("relu");
  EXPECT_THAT(node_names(loaded(proto)->graph), ElementsAre("relu", "relu_2"));
}

TEST(Load, SortsNodesAndSaysSo) {
  auto proto = onnx_model(small_network());
  proto.mutable_graph()->mutable_node()->SwapElements(0, 1);
  const auto model = loaded(proto);
  ASSERT_TRUE(model);
  EXPECT_THAT(node_names(model->graph), ElementsAre("conv", "relu"));
  EXPECT_EQ(model->notes.size(), 1U);
}

TEST(Load, InitializersThatAreListedAsInputsAreConstants) {
  auto proto = onnx_model(small_network(), 3);
  for (const auto& initializer : proto.graph().initializer()) {
    auto* input = proto.mutable_graph()->add_input();
    input->set_name(initializer.name());
    auto* type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(initializer.data_type());
    for (const auto size : initializer.dims()) type->mutable_shape()->add_dim()->set_dim_value(size);
  }
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->graph.inputs.size(), 1U);
  EXPECT_TRUE(model->graph.constants.contains("conv_w"));
}

TEST(Load, ReadsEveryEncodingOfNumbers) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2});
  b.output(b.node("Add", "add", {x, b.floats("c", {2}, {1.5F, -2.0F})}), {-1, 2});
  auto proto = onnx_model(b.graph());
  auto& tensor = *proto.mutable_graph()->mutable_initializer(0);
  tensor.clear_raw_data();
  tensor.add_float_data(1.5F);
  tensor.add_float_data(-2.0F);
  EXPECT_EQ(*loaded(proto)->graph.constants.at("c"), testing::tensor<float>({2}, {1.5F, -2.0F}));
  auto& extra = *proto.mutable_graph()->add_initializer();
  extra.set_name("bytes");
  extra.set_data_type(onnx::TensorProto::INT8);
  extra.add_dims(2);
  extra.add_int32_data(-128);
  extra.add_int32_data(127);
  EXPECT_EQ(*loaded(proto)->graph.constants.at("bytes"), testing::tensor<std::int8_t>({2}, {-128, 127}));
  extra.set_int32_data(1, 128);
  EXPECT_THAT(refusal(proto), HasSubstr("tensor 'bytes': value 128 does not fit"));
}

TEST(Load, ConstantNodesBecomeConstants) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2});
  const auto c = b.node("Constant", "c", {}, {{"value_floats", std::vector<float>{1, 2}}});
  b.output(b.node("Add", "add", {x, c}), {-1, 2});
  const auto model = loaded(onnx_model(b.graph()));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(node_names(model->graph), ElementsAre("add"));
  EXPECT_EQ(*model->graph.constants.at("c_out"), testing::tensor<float>({2}, {1, 2}));
}

TEST(Load, RefusesWhatItCannotRunByName) {
  auto proto = onnx_model(small_network());
  auto& relu = *proto.mutable_graph()->mutable_node(1);
  relu.set_domain("com.microsoft");
  EXPECT_THAT(refusal(proto), HasSubstr("node 'relu' (Relu, opset 13): its domain 'com.microsoft' is not supported"));
  relu.set_domain("ai.onnx");
  relu.set_op_type("Loop");
  EXPECT_THAT(refusal(proto), HasSubstr("node 'relu' (Loop, opset 13): control flow is not supported"));
  relu.set_op_type("SequenceAt");
  EXPECT_THAT(refusal(proto), HasSubstr("sequences"));
}

TEST(Load, RefusesOpsetsAndIrVersionsOutsideItsRange) {
  auto proto = onnx_model(small_network());
  proto.mutable_opset_import(0)->set_version(0);
  EXPECT_THAT(refusal(proto), HasSubstr("opset 0 is not supported, 1 to 25 are"));
  proto.mutable_opset_import(0)->set_version(26);
  EXPECT_THAT(refusal(proto), HasSubstr("opset 26 is not supported"));
  proto.mutable_opset_import(0)->set_version(25);
  proto.set_ir_version(13);
  const auto newest = loaded(proto);
  ASSERT_TRUE(newest) << newest.error().message;
  EXPECT_EQ(newest->notes.size(), 1U);  // libonnx does not know this opset
  proto.set_ir_version(14);
  EXPECT_THAT(refusal(proto), HasSubstr("IR version 14"));
}

TEST(Load, RefusesGraphsThatDoNotHoldTogether) {
  const auto changed = [](auto change) {
    auto proto = onnx_model(small_network());
    change(*proto.mutable_graph());
    return refusal(proto);
  };
  EXPECT_THAT(changed([](auto& graph) { graph.mutable_node(1)->set_input(0, "ghost"); }),
              HasSubstr("nothing defines its input 'ghost'"));
  EXPECT_THAT(changed([](auto& graph) { graph.mutable_node(1)->set_output(0, "conv_out"); }),
              HasSubstr("'conv_out' is defined twice"));
  EXPECT_THAT(changed([](auto& graph) { graph.mutable_output(0)->set_name("ghost"); }),
              HasSubstr("nothing computes output 'ghost'"));
  EXPECT_THAT(changed([](auto& graph) { graph.mutable_node(0)->set_input(0, "relu_out"); }), HasSubstr("cycle"));
  EXPECT_THAT(changed([](auto& graph) {
                graph.mutable_node(0)->set_name("evil\x1b[2J"), graph.mutable_node(0)->set_input(0, "ghost");
              }),
              ::testing::Not(HasSubstr("\x1b")));
}

/// Of opset 13, which libonnx's checker knows.
TEST(Load, WhatOnnxRuntimeDoesWithoutMayBeMissing) {
  const std::vector<void (*)(onnx::ModelProto&)> less{
      [](auto& proto) { proto.mutable_graph()->clear_name(); },
      [](auto& proto) { proto.mutable_graph()->mutable_output(0)->clear_type(); },
      [](auto& proto) {
        proto.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
      },
      [](auto& proto) { proto.mutable_opset_import(0)->set_domain("ai.onnx"); },
      [](auto& proto) {
        for (auto& node : *proto.mutable_graph()->mutable_node()) node.set_domain("ai.onnx");
      }};
  for (std::size_t at = 0; at < less.size(); ++at) {
    SCOPED_TRACE(at);
    auto proto = onnx_model(small_network());
    less[at](proto);
    const auto model = loaded(proto);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(model->notes, ::testing::IsEmpty());
  }
}

TEST(Load, AnOutputThatIsListedAgainCountsOnce) {
  auto proto = onnx_model(small_network());
  *proto.mutable_graph()->add_output() = proto.graph().output(0);
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->graph.outputs.size(), 1U);
  EXPECT_THAT(model->notes, ElementsAre(HasSubstr("listed again")));
}

TEST(Load, LibonnxIsNotAskedAboutExperimentalOperators) {
  GraphBuilder b(1);
  b.output(b.node("ImageScaler", "n", {b.input("x", {-1, 1, 2, 2})}, {{"bias", std::vector<float>{1.0F}}}),
           {-1, 1, 2, 2});
  ::testing::internal::CaptureStderr();
  const auto model = loaded(onnx_model(b.graph()));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->graph.nodes.back().op, "Add");
  EXPECT_THAT(model->notes, ElementsAre(HasSubstr("experimental operator ImageScaler")));
}

TEST(Load, ReportsWhatLibonnxsCheckerSaysInOneLine) {
  auto proto = onnx_model(small_network());
  auto* attribute = proto.mutable_graph()->mutable_node(1)->add_attribute();
  attribute->set_name("no_such_attribute");
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(1);
  EXPECT_THAT(refusal(proto), ::testing::AllOf(HasSubstr("libonnx's checker refuses"), HasSubstr("no_such_attribute"),
                                               ::testing::Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace quantrail
