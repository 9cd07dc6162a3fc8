// Functions that a model defines itself, and branches that shapes decide: what is left of them once a model is loaded.
#include <gmock/gmock.h>

#include "model/canonical.h"
#include "model/composed_network.h"
#include "model/load.h"
#include "model/node_names.h"

namespace quantrail {
namespace {

using testing::add_function;
using testing::composed_network;
using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::if_proto;
using testing::node_named;
using testing::node_proto;
using testing::onnx_model;
using testing::operators;

Result<Model> loaded(const onnx::ModelProto& proto) { return parsed_model(proto.SerializeAsString()); }

std::string refusal(const onnx::ModelProto& proto) {
  const auto model = loaded(proto);
  return model ? "loaded" : model.error().message;
}

/// x [N,4] and its copy y, to which a test adds what is in between.
onnx::ModelProto framed(std::int64_t width = 4, std::int64_t batch = -1) {
  GraphBuilder b(17);
  b.input("x", {batch, width});
  b.integers("zero", {0});
  b.integers("one", {1});
  b.output("y", {-1, 4});
  auto model = onnx_model(b.graph(), 8);
  auto& import = *model.add_opset_import();
  import.set_domain("blocks");
  import.set_version(1);
  return model;
}

void add(onnx::ModelProto& model, const onnx::NodeProto& node) { *model.mutable_graph()->add_node() = node; }

TEST(Functions, BecomeTheirNodes) {
  const auto model = loaded(composed_network());
  ASSERT_TRUE(model) << model.error().message;
  const auto graph = canonicalised(model->graph);
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_THAT(node_names(*graph),
              ElementsAre("first/conv", "first/act/relu", "second/conv", "second/act/relu", "pool", "squeeze"));
  EXPECT_EQ(ints_attribute(node_named(*graph, "first/conv"), "strides", {}), (std::vector<std::int64_t>{2, 2}));
  EXPECT_FALSE(node_named(*graph, "second/conv").attributes.contains("strides")) << "nobody gives it";
  EXPECT_EQ(float_attribute(node_named(*graph, "first/act/relu"), "alpha", 0), 0.25F) << "the default";
  EXPECT_EQ(float_attribute(node_named(*graph, "second/act/relu"), "alpha", 0), 0.5F) << "the call's";
  EXPECT_THAT(node_named(*graph, "second/conv").inputs, ElementsAre("a", "two_w", "two_b"));
}

TEST(Functions, AreCheckedByLibonnxOnceInlined) {
  auto proto = composed_network();
  EXPECT_THAT(loaded(proto)->notes, ElementsAre());
  proto.mutable_functions(1)->mutable_node(0)->set_op_type("Convolution");
  EXPECT_THAT(refusal(proto), HasSubstr("Convolution"));
}

TEST(Functions, LeaveOutWhatACallLeavesOut) {
  auto proto = framed();
  auto& clip = add_function(proto, "Bounded", {"x", "low", "high"}, {"y"});
  *clip.add_node() = node_proto("Clip", "clip", {"x", "low", "high"}, {"y"});
  add(proto, node_proto("Bounded", "bounded", {"x"}, {"y"}, "blocks"));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(node_named(model->graph, "bounded/clip").inputs, ElementsAre("x", "", ""));
}

TEST(Functions, PassInputsOn) {
  auto proto = framed();
  add_function(proto, "Same", {"x"}, {"x"});
  add(proto, node_proto("Relu", "relu", {"x"}, {"t"}));
  add(proto, node_proto("Same", "same", {"t"}, {"y"}, "blocks"));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(model->graph), ElementsAre("Relu", "Identity"));
}

TEST(Functions, KeepNamesOfTwoCallsApart) {
  auto proto = framed();
  auto& twice = add_function(proto, "Twice", {"x"}, {"y"});
  *twice.add_node() = node_proto("Relu", "", {"x"}, {"t"});
  *twice.add_node() = node_proto("Tanh", "", {"t"}, {"y"});
  add(proto, node_proto("Twice", "same", {"x"}, {"t"}, "blocks"));
  add(proto, node_proto("Twice", "same", {"t"}, {"y"}, "blocks"));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(node_names(model->graph), ElementsAre("same/Relu", "same/Tanh", "same/Relu_2", "same/Tanh_2"));
  EXPECT_THAT(node_named(model->graph, "same/Tanh_2").inputs, ElementsAre("same/t_2"));
}

TEST(Functions, AreRefusedWhereTheyMakeNoSense) {
  auto proto = composed_network();
  proto.mutable_functions(0)->mutable_opset_import(0)->set_version(13);
  EXPECT_THAT(refusal(proto), HasSubstr("function 'Leaky' of domain 'blocks' uses opset 13, the model 17"));
  proto = composed_network();
  *proto.add_functions() = proto.functions(0);
  EXPECT_THAT(refusal(proto), HasSubstr("function 'Leaky' of domain 'blocks' is defined twice"));
  proto = composed_network();
  proto.mutable_graph()->mutable_node(0)->add_input("x");
  EXPECT_THAT(refusal(proto), HasSubstr("node 'first' gives it 4 inputs and takes 1 outputs, it has 3 and 1"));
  proto = composed_network();
  *proto.mutable_functions(0)->mutable_node(0) = node_proto("Block", "again", {"x", "x", "x"}, {"y"}, "blocks");
  EXPECT_THAT(refusal(proto), HasSubstr("calls itself"));
}

TEST(Functions, DoNotTakeThePlaceOfONNXsOperators) {
  auto proto = framed();
  auto& own = add_function(proto, "Relu", {"x"}, {"y"});
  own.set_domain("");
  *own.add_node() = node_proto("Tanh", "tanh", {"x"}, {"y"});
  add(proto, node_proto("Relu", "relu", {"x"}, {"y"}));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(model->graph), ElementsAre("Relu"));
}

/// Twenty functions, each of which calls the one before ten times.
TEST(Functions, ThatMultiplyAreRefused) {
  auto proto = framed();
  *add_function(proto, "F0", {"x"}, {"y"}).add_node() = node_proto("Relu", "relu", {"x"}, {"y"});
  for (int level = 1; level <= 20; ++level) {
    auto& function = add_function(proto, "F" + std::to_string(level), {"x"}, {"v10"});
    for (int call = 1; call <= 10; ++call) {
      auto& node = *function.add_node() = node_proto("F" + std::to_string(level - 1), "", {}, {}, "blocks");
      node.add_input(call == 1 ? "x" : "v" + std::to_string(call - 1));
      node.add_output("v" + std::to_string(call));
    }
  }
  add(proto, node_proto("F20", "all", {"x"}, {"y"}, "blocks"));
  EXPECT_THAT(refusal(proto), HasSubstr("calls of functions multiply beyond 262144 nodes"));
}

onnx::NodeProto relu_or_tanh(const std::string& condition, const std::string& output = "y") {
  return if_proto("which", condition, output, node_proto("Relu", "relu", {"x"}, {"taken"}),
                  node_proto("Tanh", "tanh", {"x"}, {"taken"}));
}

/// "same": whether the size of x along axis 1 is that along axis `other`.
void compare_sizes(onnx::ModelProto& proto, const char* other) {
  add(proto, node_proto("Shape", "shape", {"x"}, {"sizes"}));
  add(proto, node_proto("Gather", "a", {"sizes", "one"}, {"size_a"}));
  add(proto, node_proto("Gather", "b", {"sizes", other}, {"size_b"}));
  add(proto, node_proto("Equal", "equal", {"size_a", "size_b"}, {"same"}));
}

TEST(Branches, FollowConstants) {
  for (const bool condition : {true, false}) {
    auto proto = framed();
    auto& constant = *proto.mutable_graph()->add_initializer();
    constant.set_name("condition");
    constant.set_data_type(onnx::TensorProto::BOOL);
    constant.add_int32_data(condition ? 1 : 0);
    add(proto, relu_or_tanh("condition"));
    const auto model = loaded(proto);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(operators(canonicalised(model->graph).value()), ElementsAre(condition ? "Relu" : "Tanh"));
  }
}

TEST(Branches, FollowShapes) {
  for (const std::int64_t batch : {4, 2}) {
    auto proto = framed(4, batch);
    compare_sizes(proto, "zero");
    add(proto, relu_or_tanh("same"));
    const auto model = loaded(proto);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(operators(canonicalised(model->graph).value()), ElementsAre(batch == 4 ? "Relu" : "Tanh"));
  }
}

/// The size of the axis that is declared, though another is open.
TEST(Branches, FollowDeclaredSizesBesideOpenOnes) {
  for (const bool equal : {true, false}) {
    auto proto = framed(equal ? 1 : 4);
    add(proto, node_proto("Shape", "shape", {"x"}, {"sizes"}));
    add(proto, node_proto("Gather", "size", {"sizes", "one"}, {"width"}));
    add(proto, node_proto("Equal", "equal", {"width", "one"}, {"same"}));
    add(proto, relu_or_tanh("same"));
    const auto model = loaded(proto);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(operators(canonicalised(model->graph).value()), ElementsAre(equal ? "Relu" : "Tanh"));
  }
}

TEST(Branches, LieInEachOtherAndDependOnEachOther) {
  auto proto = framed(4, 4);
  compare_sizes(proto, "zero");
  auto inner = relu_or_tanh("same", "taken");
  add(proto, if_proto("outer", "same", "t", inner, node_proto("Exp", "exp", {"x"}, {"taken"})));
  add(proto, node_proto("Shape", "shape_of_t", {"t"}, {"sizes_of_t"}));
  add(proto, node_proto("Equal", "all", {"sizes_of_t", "sizes"}, {"pairs"}));
  add(proto, node_proto("Gather", "first", {"pairs", "zero"}, {"first_same"}));
  add(proto, if_proto("last", "first_same", "y", node_proto("Abs", "abs", {"t"}, {"taken"}),
                      node_proto("Neg", "neg", {"t"}, {"taken"})));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(canonicalised(model->graph).value()), ElementsAre("Relu", "Abs"));
}

TEST(Branches, BringTheirConstantsUnderNamesOfTheirOwn) {
  auto proto = framed(4, 4);
  compare_sizes(proto, "zero");
  for (const char* at : {"first", "second"}) {
    const bool first = std::string(at) == "first";
    auto node = if_proto(at, "same", first ? "t" : "y", node_proto("Add", "plus", {first ? "x" : "t", "k"}, {"taken"}),
                         node_proto("Identity", "not", {"x"}, {"taken"}));
    testing::fill(*node.mutable_attribute(0)->mutable_g()->add_initializer(), "k",
                  testing::tensor<float>({1}, {first ? 1.0F : 2.0F}));
    add(proto, node);
  }
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(canonicalised(model->graph).value()), ElementsAre("Add", "Add"));
  const auto& graph = model->graph;
  EXPECT_EQ(constant_input(graph, node_named(graph, "plus"), 1)->values<float>()[0], 1.0F);
  EXPECT_EQ(constant_input(graph, node_named(graph, "plus_2"), 1)->values<float>()[0], 2.0F);
}

/// The outer a, the branch's own a, and an If inside that has an a_2 of its own and reads the branch's a.
TEST(Branches, CaptureNoNamesOfEachOther) {
  auto proto = framed(4, 4);
  compare_sizes(proto, "zero");
  add(proto, node_proto("Relu", "outer_a", {"x"}, {"a"}));
  auto inner = if_proto("inner", "same", "taken", node_proto("Exp", "exp", {"a"}, {"a_2"}),
                        node_proto("Neg", "neg", {"a"}, {"a_2"}));
  auto outer =
      if_proto("outer", "same", "t", node_proto("Tanh", "tanh", {"x"}, {"a"}), node_proto("Abs", "abs", {"x"}, {"a"}));
  auto& branch = *outer.mutable_attribute(0)->mutable_g();
  *branch.add_node() = inner;
  branch.mutable_output(0)->set_name("taken");
  add(proto, outer);
  add(proto, node_proto("Add", "sum", {"a", "t"}, {"y"}));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  const auto graph = canonicalised(model->graph).value();
  EXPECT_THAT(operators(graph), ElementsAre("Relu", "Tanh", "Exp", "Add"));
  EXPECT_EQ(node_named(graph, "exp").inputs, node_named(graph, "tanh").outputs);
}

TEST(Branches, ThatNobodyReadsNeedNotBeKnown) {
  auto proto = framed();
  add(proto, node_proto("Relu", "relu", {"x"}, {"y"}));
  add(proto, node_proto("IsNaN", "nan", {"x"}, {"data"}));
  add(proto, relu_or_tanh("data", "unread"));
  const auto model = loaded(proto);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(canonicalised(model->graph).value()), ElementsAre("Relu"));
}

/// False at all sizes that are tried, and true at another.
TEST(Branches, OfATableLookedUpByAnOpenSizeAreRefused) {
  auto proto = framed();
  add(proto, node_proto("Shape", "shape", {"x"}, {"sizes"}));
  add(proto, node_proto("Gather", "n", {"sizes", "zero"}, {"size"}));
  auto& table = *proto.mutable_graph()->add_initializer();
  table.set_name("table");
  table.set_data_type(onnx::TensorProto::BOOL);
  table.add_dims(300);
  for (int at = 0; at < 300; ++at) table.add_int32_data(at == 24 ? 1 : 0);
  add(proto, node_proto("Gather", "look_up", {"table", "size"}, {"found"}));
  add(proto, relu_or_tanh("found"));
  EXPECT_THAT(refusal(proto), HasSubstr("its condition depends on sizes that are open"));
}

/// A whole part of the open batch: 0 at small sizes, 3 at 1000.
TEST(Branches, OfWhatOnlyLargeSizesTellApartAreRefused) {
  auto proto = framed();
  auto& part = *proto.mutable_graph()->add_initializer();
  part.set_name("part");
  part.set_data_type(onnx::TensorProto::INT64);
  part.add_dims(1);
  part.add_int64_data(256);
  add(proto, node_proto("Shape", "shape", {"x"}, {"sizes"}));
  add(proto, node_proto("Gather", "n", {"sizes", "zero"}, {"size"}));
  add(proto, node_proto("Div", "div", {"size", "part"}, {"parts"}));
  add(proto, node_proto("Equal", "none", {"parts", "zero"}, {"small"}));
  add(proto, relu_or_tanh("small"));
  EXPECT_THAT(refusal(proto), HasSubstr("its condition depends on sizes that are open"));
}

TEST(Branches, AreRefusedWhereDataOrOpenSizesDecide) {
  auto proto = framed();
  compare_sizes(proto, "zero");
  add(proto, relu_or_tanh("same"));
  EXPECT_THAT(refusal(proto), HasSubstr("node 'which' (If): its condition depends on sizes that are open, which is "
                                        "not supported: export the model with fixed ones"));
  proto = framed(1, 1);
  add(proto, node_proto("Cast", "cast", {"x"}, {"bools"}));
  auto& to = *proto.mutable_graph()->mutable_node(0)->add_attribute();
  to.set_name("to");
  to.set_type(onnx::AttributeProto::INT);
  to.set_i(onnx::TensorProto::BOOL);
  add(proto, relu_or_tanh("bools"));
  EXPECT_THAT(refusal(proto), HasSubstr("node 'which' (If): its condition depends on data"));
  proto = framed(4, 4);
  compare_sizes(proto, "zero");
  add(proto, relu_or_tanh("same"));
  proto.mutable_graph()->mutable_node(4)->mutable_attribute(0)->set_name("then");
  EXPECT_THAT(refusal(proto), HasSubstr("node 'which' (If): a branch with 1 outputs is needed"));
}

}  // namespace
}  // namespace quantrail
