#include "model/probe.h"

#include <gmock/gmock.h>

#include "model/canonical.h"
#include "model/graph_builder.h"
#include "model/told_sizes.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using testing::operators;

constexpr Shape::value_type kOpen = -1;

/// What the reader `op` of an input of `rank` open axes tells of it; `w` its constant second input.
Shape told(const std::string& op, std::size_t rank, const Shape& w, std::map<std::string, Attribute> attributes = {}) {
  GraphBuilder b;
  const auto x = b.input("x", Shape(rank, kOpen));
  b.output(b.node(op, "n", {x, b.filled("w", w, 1.0F)}, std::move(attributes)), Shape(rank, kOpen));
  return told_sizes(b.graph()).at("x");
}

TEST(ToldSizes, LayersTellChannelsAndColumns) {
  EXPECT_THAT(told("Conv", 4, {8, 3, 3, 3}), ElementsAre(-1, 3, -1, -1));
  EXPECT_THAT(told("Conv", 4, {8, 1, 3, 3}, {{"group", std::int64_t{8}}}), ElementsAre(-1, 8, -1, -1));
  EXPECT_THAT(told("ConvTranspose", 4, {5, 2, 3, 3}), ElementsAre(-1, 5, -1, -1));
  EXPECT_THAT(told("MatMul", 3, {7, 2}), ElementsAre(-1, -1, 7));
  EXPECT_THAT(told("Gemm", 2, {7, 2}), ElementsAre(-1, 7));
  EXPECT_THAT(told("Gemm", 2, {2, 7}, {{"transB", std::int64_t{1}}}), ElementsAre(-1, 7));
  EXPECT_THAT(told("LSTM", 3, {1, 16, 6}), ElementsAre(-1, -1, 6));
  EXPECT_THAT(told("Add", 4, {3, 1, 1}), ElementsAre(-1, 3, -1, -1));
  EXPECT_THAT(told("Add", 4, {}), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(told("Pow", 4, {1}), ElementsAre(-1, -1, -1, -1));
}

TEST(ToldSizes, AreToldThroughWhatLeavesAxesAsTheyAre) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, -1, -1, -1}, ElementType::Uint8);
  const auto cast = b.node("Cast", "cast", {x}, {{"to", std::int64_t{1}}});
  const auto scaled = b.node("Div", "scale", {cast, b.filled("by", {}, 255.0F)});
  const auto moved = b.node("Transpose", "move", {scaled}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
  const auto pads = b.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  b.output(b.conv("conv", b.node("Pad", "pad", {moved, pads}), 3, 8), {-1, 8, -1, -1});
  EXPECT_THAT(told_sizes(b.graph()).at("x"), ElementsAre(-1, -1, -1, 3));
}

TEST(ToldSizes, AreNotToldThroughAPaddedAxisOrTheBatch) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, -1, -1, -1});
  const auto pads = b.integers("pads", {0, 1, 0, 0, 0, 0, 0, 0});
  b.output(b.conv("conv", b.node("Pad", "pad", {x, pads}), 3, 8), {-1, 8, -1, -1});
  const auto y = b.input("y", {-1, -1});
  b.output(b.node("MatMul", "product", {b.node("Transpose", "turn", {y}), b.filled("w", {4, 2}, 1.0F)}), {-1, 2});
  EXPECT_THAT(told_sizes(b.graph()).at("x"), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(told_sizes(b.graph()).at("y"), ElementsAre(-1, -1));
}

TEST(ToldSizes, AreToldThroughNewAxes) {
  GraphBuilder b;
  const auto x = b.input("numbers", {-1, -1});
  const auto column = b.node("Unsqueeze", "column", {x, b.integers("last", {-1})});
  b.output(b.node("Mul", "embed", {column, b.filled("w", {5, 8}, 1.0F)}), {-1, 5, 8});
  EXPECT_THAT(told_sizes(b.graph()).at("numbers"), ElementsAre(-1, 5));
}

TEST(ToldSizes, OfModelsThatMakeNoSenseAreOpen) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62U;
  EXPECT_THAT(told("Conv", 4, {8, 3, 3, 3}, {{"group", kHuge}}), ElementsAre(-1, -1, -1, -1));
  GraphBuilder twice;  // a new axis named twice
  const auto wide = twice.node("Unsqueeze", "u", {twice.input("x", Shape(3, kOpen)), twice.integers("axes", {4, 4})});
  twice.output(twice.node("Add", "add", {wide, twice.filled("w", {3, 1}, 1.0F)}), Shape(5, kOpen));
  EXPECT_THAT(told_sizes(twice.graph()).at("x"), ElementsAre(-1, -1, -1));
  GraphBuilder chain;
  auto weight = chain.filled("w", {7, 2}, 1.0F);
  for (int at = 0; at < 50000; ++at) weight = chain.node("Identity", "i" + std::to_string(at), {weight});
  chain.output(chain.node("MatMul", "n", {chain.input("x", Shape(2, kOpen)), weight}), Shape(2, kOpen));
  EXPECT_THAT(told_sizes(chain.graph()).at("x"), ElementsAre(-1, -1)) << "of no use is a chain this long";
}

TEST(Probe, ImagesOfOpenChannelsHeightAndWidthAreLowered) {
  GraphBuilder b;
  const auto x = b.input("pixel_values", {-1, -1, -1, -1});
  const auto c = b.node("Relu", "relu", {b.conv("conv", x, 3, 2)});
  const auto norm = b.node(
      "BatchNormalization", "norm",
      {c, b.filled("s", {2}, 1.0F), b.filled("h", {2}, 0.5F), b.filled("m", {2}, 0.1F), b.filled("v", {2}, 1.0F)});
  const auto flat = b.node("Flatten", "flat", {b.node("GlobalAveragePool", "pool", {norm})});
  const auto product = b.node("MatMul", "product", {flat, b.filled("w", {2, 4}, 1.0F)});
  b.output(b.node("Add", "add", {product, b.filled("bias", {4}, 1.0F)}), {-1, 4});
  const auto shapes = fitting_shapes(b.graph(), 1);
  ASSERT_TRUE(shapes);
  EXPECT_THAT(shapes->at("pixel_values"), ElementsAre(1, 3, 32, 32));
  EXPECT_FALSE(probed(b.graph()).exact);
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_THAT(operators(*graph), ElementsAre("Conv", "Relu", "Mul", "Add", "GlobalAveragePool", "Flatten", "Gemm"));
}

TEST(Probe, ColoursAreTriedWhereNoReaderTellsThem) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, -1, -1, -1});
  const auto twice = b.node("Concat", "twice", {x, x}, {{"axis", std::int64_t{1}}});
  b.output(b.conv("conv", twice, 6, 8), {-1, 8, -1, -1});
  const auto shapes = fitting_shapes(b.graph(), 1);
  ASSERT_TRUE(shapes);
  EXPECT_THAT(shapes->at("x"), ElementsAre(1, 3, 32, 32));
}

TEST(Probe, ImagesAndTextsHaveSizesOfTheirOwn) {
  GraphBuilder b;
  const auto image = b.input("pixel_values", {-1, -1, -1, -1});
  const auto text = b.input("embeddings", {-1, -1, 4});
  b.output(b.node("Add", "places", {b.conv("conv", image, 3, 8), b.filled("p", {8, 224, 224}, 1.0F)}),
           {-1, 8, 224, 224});
  b.output(b.node("Reshape", "exact", {text, b.integers("shape", {0, 16, 4})}), {-1, 16, 4});
  const auto shapes = fitting_shapes(b.graph(), 1);
  ASSERT_TRUE(shapes);
  EXPECT_THAT(shapes->at("pixel_values"), ElementsAre(1, 3, 224, 224));
  EXPECT_THAT(shapes->at("embeddings"), ElementsAre(1, 16, 4));
}

}  // namespace
}  // namespace quantrail
