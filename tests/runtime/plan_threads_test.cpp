// One sample whose operators are shared among threads: the same codes, and floats but for the order of their sums.
#include "runtime/divided_linear.h"
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;

class PlanThreads : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "OpenMP's own synchronisation is not known to the thread sanitizer";
#endif
  }

  static void expect_same(Network& net, const PlanOptions& options, const Values& inputs, float tolerance) {
    const auto alone = computed(net.graph(), options, inputs);
    for (const std::size_t threads : {2, 3, 4}) {
      SCOPED_TRACE(std::to_string(threads) + " threads");
      PlanOptions shared = options;
      shared.threads = threads;
      expect_near(computed(net.graph(), shared, inputs), alone, tolerance);
    }
  }
};

/// Convolutions whose rows overlap, in each way that windows can lie, and what images are otherwise led through.
Network image_network(std::uint32_t seed) {
  Network net(seed);
  const auto stem = net.node("Relu", "stem",
                             {net.conv("c0", net.input("x", {1, 3, 49, 40}), {16, 3, 7, 7},
                                       {{"pads", Ints{3, 3, 3, 3}}, {"strides", Ints{2, 2}}})});
  const auto pooled = net.node("MaxPool", "pooled", {stem}, {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}});
  const auto wide = net.conv("c1", pooled, {16, 16, 3, 3}, {{"pads", Ints{2, 2, 2, 2}}, {"dilations", Ints{2, 2}}});
  const auto block = net.node("Relu", "block", {net.node("Add", "add", {wide, pooled})});
  const auto each = net.conv("c2", block, {16, 1, 5, 5}, {{"pads", Ints{0, 2, 4, 2}}, {"group", std::int64_t{16}}});
  const auto point = net.conv("c3", each, {32, 16, 1, 1}, {{"strides", Ints{2, 1}}});
  net.output(net.node("Sigmoid", "y", {point}));
  return net;
}

TEST_F(PlanThreads, ShareAnImageInFloat) {
  auto net = image_network(1);
  expect_same(net, {}, random_inputs(net, 1), 1e-5F);
}

TEST_F(PlanThreads, ShareAnImageInIntegersToTheSameCodes) {
  auto net = image_network(2);
  const auto inputs = random_inputs(net, 1);
  const auto q = quantized(net, inputs, {"c0", "c1", "add", "c2", "c3"}, {"pooled"});
  expect_same(net, {&q}, inputs, 0.0F);
}

TEST_F(PlanThreads, ShareWordsInFloatAndIntegers) {
  Network net(3);
  const auto x = net.input("x", {1, 63, 192});
  const auto left = net.node("Transpose", "left", {x}, {{"perm", Ints{0, 2, 1}}});
  const auto product = net.node("MatMul", "product", {x, net.constant("w", {192, 160}, 0.2F)});
  const auto scaled = net.node("Mul", "scaled", {net.constant("row", {160}, 0.5F), product});
  const auto column = net.node("Add", "column", {scaled, net.constant("c", {63, 1}, 0.5F)});
  const auto scores = net.node("MatMul", "scores", {left, net.node("Tanh", "tanh", {column})});
  const auto weights =
      net.node("Softmax", "weights", {net.node("Div", "eased", {scores, net.constant("s", {}, 8.0F)})});
  net.output(net.node("MatMul", "y", {weights, net.constant("v", {160, 64}, 0.2F)}));
  const auto inputs = random_inputs(net, 1);
  expect_same(net, {}, inputs, 1e-5F);
  const auto q = quantized(net, inputs, {"product", "y"});
  expect_same(net, {&q}, inputs, 1e-5F);
}

TEST(ConvPieces, CoverTheRowsWithTheSourceTheyNeed) {
  const ConvShape whole{1, 1, 8, 16, {20, 5}, {10, 5}, {3, 3}, {2, 1}, {1, 1}, {1, 1}, {0, 1}, false};
  const auto pieces = pieces_of(whole, 2);
  ASSERT_EQ(pieces.size(), 2U);
  // Rows 0 to 4 read source rows -1 to 9, rows 5 to 9 read 9 to 19.
  EXPECT_EQ(pieces[0].shape.in, (Ints{10, 5}));
  EXPECT_EQ(pieces[0].shape.out, (Ints{5, 5}));
  EXPECT_EQ(pieces[0].shape.pad_begin, (Ints{1, 1}));
  EXPECT_EQ(pieces[0].shape.pad_end, (Ints{0, 1}));
  EXPECT_EQ(pieces[0].source, 0);
  EXPECT_EQ(pieces[1].shape.in, (Ints{11, 5}));
  EXPECT_EQ(pieces[1].shape.pad_begin, (Ints{0, 1}));
  EXPECT_EQ(pieces[1].shape.pad_end, (Ints{0, 1}));
  EXPECT_EQ(pieces[1].source, 9 * 5 * 8);
  EXPECT_EQ(pieces[1].result, 5 * 5 * 16);
}

TEST(ConvPieces, AreNoneWhereTheyWouldBeUnequalOrSeePaddingAlone) {
  ConvShape whole{1, 1, 8, 16, {7, 7}, {7, 7}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, false};
  EXPECT_TRUE(pieces_of(whole, 2).empty()) << "4 rows and 3";
  EXPECT_EQ(pieces_of(whole, 7).size(), 7U);
  whole.in = {1, 7};
  whole.pad_begin = {6, 0};
  EXPECT_TRUE(pieces_of(whole, 7).empty());
  whole = ConvShape{2, 1, 8, 16, {8, 8}, {8, 8}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, false};
  EXPECT_TRUE(pieces_of(whole, 2).empty()) << "two images";
}

}  // namespace
}  // namespace quantrail::testing
