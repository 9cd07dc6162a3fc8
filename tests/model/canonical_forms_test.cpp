// Operators that are written in another form: axes that are all named, sums of products as matrices.
#include <gmock/gmock.h>

#include "model/canonical.h"
#include "model/graph_builder.h"
#include "model/infer.h"
#include "model/interpret.h"

namespace quantrail {
namespace {

using testing::GraphBuilder;
using testing::node_named;
using testing::operators;

/// The shape of the result for x [2,3,4,6], where nothing is said of single axes any more.
Shape of_all_axes(const GraphBuilder& b) {
  const auto graph = canonicalised(b.graph());
  if (!graph) throw std::runtime_error(graph.error().message);
  EXPECT_FALSE(graph->nodes.back().attributes.contains("axes"));
  EXPECT_LE(graph->nodes.back().inputs.size(), 4U);
  const auto model = specialised(*graph, {{"x", {2, 3, 4, 6}}});
  return model.value().types.at(graph->outputs[0].name).shape;
}

TEST(Canonical, SizesAndPadsOfSomeAxesAreOfAllOfThem) {
  const std::map<std::string, Attribute> axes{{"axes", std::vector<std::int64_t>{-1, 2}}};
  const auto with = [&](auto make) {
    GraphBuilder b(18);
    b.output(make(b, b.input("x", {-1, 3, 4, -1})), {-1, -1, -1, -1});
    return of_all_axes(b);
  };
  EXPECT_EQ(with([&](auto& b, const auto& x) {
              return b.node("Resize", "r", {x, "", "", b.integers("s", {7, 9})}, axes);
            }),
            (Shape{2, 3, 9, 7}));
  EXPECT_EQ(with([&](auto& b, const auto& x) {
              return b.node("CenterCropPad", "c", {x, b.integers("s", {7, 3})}, axes);
            }),
            (Shape{2, 3, 3, 7}));
  EXPECT_EQ(with([&](auto& b, const auto& x) {
              return b.node("Pad", "p", {x, b.integers("s", {1, 2, 0, -1}), "", b.integers("a", {-1, 2})});
            }),
            (Shape{2, 3, 5, 7}));
  EXPECT_EQ(with([&](auto& b, const auto& x) {  // as many as the batch has samples
              const auto count = b.node("Shape", "n", {x}, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
              const auto pads = b.node("Concat", "s", {count, b.integers("one", {1})}, {{"axis", std::int64_t{0}}});
              return b.node("Pad", "p", {x, pads, "", b.integers("a", {2})});
            }),
            (Shape{2, 3, 7, 6}));
}

Tensor random_tensor(Shape shape, std::uint32_t seed) {
  Tensor tensor = Tensor::zeros(ElementType::Float32, std::move(shape));
  for (auto& value : tensor.values<float>()) {
    seed = seed * 1664525U + 1013904223U;
    value = static_cast<float>(seed >> 8U) / 8388608.0F - 1.0F;
  }
  return tensor;
}

/// The only output, each node computed by its definition.
Tensor computed(const Graph& graph, const std::map<std::string, Tensor>& inputs) {
  std::map<std::string, Tensor> values = inputs;
  for (const auto& [name, constant] : graph.constants) values[name] = *constant;
  for (const auto& node : graph.nodes) {
    std::vector<const Tensor*> read;
    for (const auto& input : node.inputs) read.push_back(&values.at(input));
    auto results = interpreted(node, graph.opset, read);
    if (!results) throw std::runtime_error(results.error().message);
    values[node.outputs[0]] = std::move(results->front());
  }
  return values.at(graph.outputs[0].name);
}

struct EinsumCase {
  std::string equation{};
  Shape a{};  ///< the first operand's shape; axis 0 is the batch
  Shape b{};
  bool constant = false;  ///< the second operand
  bool product = true;    ///< becomes one
};

class Einsums : public ::testing::TestWithParam<EinsumCase> {};

TEST_P(Einsums, ComputeTheSameAsProducts) {
  const auto& test = GetParam();
  const auto open = [](Shape shape) {
    shape[0] = -1;
    return shape;
  };
  const std::map<std::string, Tensor> inputs{{"a", random_tensor(test.a, 1)}, {"b", random_tensor(test.b, 2)}};
  GraphBuilder b;
  const auto left = b.input("a", open(test.a));
  const auto right =
      test.constant ? b.constant("b", std::make_shared<const Tensor>(inputs.at("b"))) : b.input("b", open(test.b));
  b.output(b.node("Einsum", "sum", {left, right}, {{"equation", test.equation}}), {});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(node_named(*graph, "sum").op, test.product ? "MatMul" : "Einsum");
  if (test.constant && test.product) {
    EXPECT_NE(constant_input(*graph, node_named(*graph, "sum"), 1), nullptr) << "weights";
  }
  const auto is = computed(*graph, inputs);
  const auto should = computed(b.graph(), inputs);
  ASSERT_EQ(is.shape, should.shape);
  for (std::size_t at = 0; at < is.values<float>().size(); ++at)
    EXPECT_NEAR(is.values<float>()[at], should.values<float>()[at], 1e-5) << at;
}

INSTANTIATE_TEST_SUITE_P(Equations, Einsums,
                         ::testing::Values(EinsumCase{"bhid,bhjd->bhij", {4, 2, 3, 5}, {4, 2, 6, 5}},
                                           EinsumCase{" bhij , bhjd -> bihd ", {4, 2, 3, 5}, {4, 2, 5, 6}},
                                           EinsumCase{"bnd,de->bne", {4, 3, 5}, {5, 6}, true},
                                           EinsumCase{"bnd,dhe->bhne", {4, 3, 5}, {5, 2, 6}, true},
                                           EinsumCase{"bnhd,hde->bne", {4, 3, 2, 5}, {2, 5, 6}, true},
                                           EinsumCase{"bchw,ch->bw", {4, 3, 2, 5}, {3, 2}, true},
                                           EinsumCase{"bxyc,bkc->bkxy", {4, 3, 2, 5}, {4, 6, 5}},
                                           EinsumCase{"bc,bkc->bk", {4, 5}, {4, 6, 5}},
                                           EinsumCase{"bcxy,bcxy->b", {4, 3, 2, 5}, {4, 3, 2, 5}},
                                           EinsumCase{"bcd,bc->bd", {4, 3, 5}, {4, 3}},
                                           EinsumCase{"bij,bij->bij", {4, 3, 5}, {4, 3, 5}, false, false},
                                           EinsumCase{"bij,bk->bi", {4, 3, 5}, {4, 2}, false, false},
                                           EinsumCase{"bij,bjk->bik", {4, 3, 5}, {4, 1, 2}, false, false},
                                           EinsumCase{"b...,b...->b", {4, 3, 5}, {4, 3, 5}, false, false}));

TEST(Einsums, WithAConstantInFrontHaveItBehind) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 4, 5});
  b.output(b.node("Einsum", "sum", {b.filled("w", {6, 3}, 0.5F), x}, {{"equation", std::string("oc,bchw->bohw")}}), {});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(constant_input(*graph, node_named(*graph, "sum"), 1)->shape, (Shape{3, 6}));
  const std::map<std::string, Tensor> inputs{{"x", random_tensor({2, 3, 4, 5}, 3)}};
  const auto is = computed(*graph, inputs);
  const auto should = computed(b.graph(), inputs);
  ASSERT_EQ(is.shape, should.shape);
  for (std::size_t at = 0; at < is.values<float>().size(); ++at)
    EXPECT_NEAR(is.values<float>()[at], should.values<float>()[at], 1e-5) << at;
}

TEST(Canonical, AWindowThatWouldBeginInThePaddingIsNotCountedByCeilMode) {
  using Ints = std::vector<std::int64_t>;
  const auto pooled = [](const std::string& op, std::int64_t height, std::int64_t width) {
    GraphBuilder b;
    b.output(b.node(op, "pool", {b.input("x", {-1, 2, height, width})},
                    {{"kernel_shape", Ints{2, 2}},
                     {"strides", Ints{2, 2}},
                     {"pads", Ints{1, 1, 1, 1}},
                     {"ceil_mode", std::int64_t{1}}}),
             {});
    const auto graph = canonicalised(b.graph());
    const std::map<std::string, Tensor> inputs{{"x", random_tensor({1, 2, height, width}, 5)}};
    EXPECT_EQ(computed(*graph, inputs).bytes, computed(b.graph(), inputs).bytes);
    return graph->nodes[0].attributes.contains("ceil_mode");
  };
  for (const std::string op : {"MaxPool", "AveragePool"}) {
    EXPECT_FALSE(pooled(op, 5, 5)) << "3 windows, and not the one that begins in the padding";
    EXPECT_FALSE(pooled(op, 5, 4)) << "on one axis";
    EXPECT_TRUE(pooled(op, 4, 6)) << "where it makes no difference, the file stays as it is";
  }
}

}  // namespace
}  // namespace quantrail
