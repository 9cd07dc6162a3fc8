#include "metrics/detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

MetricSpec yolox(std::vector<std::int64_t> strides) {
  return {.type = "map", .decode = "yolox", .strides = std::move(strides)};
}
const MetricSpec kBoxes{.type = "map", .decode = "boxes"};

OutputView view(const std::vector<float>& values, Shape shape) {
  return {ElementType::Float32, std::move(shape), std::as_bytes(std::span(values))};
}

Truth truth_of(std::vector<MarkedObject> objects, std::int64_t width, std::int64_t height) {
  return {.objects = std::make_shared<const std::vector<MarkedObject>>(std::move(objects)),
          .placement = {.width = width, .height = height}};
}

std::string problem(const MetricSpec& spec, Shape shape, const Truth& truth) {
  const auto checked = is_decodable(spec, {ElementType::Float32, std::move(shape), {}}, truth);
  return checked ? "none" : checked.error().message;
}

TEST(Overlap, IsSharedByJointArea) {
  const Box box{0, 0, 10, 10};
  EXPECT_EQ(overlap_of(box, box), 1.0);
  EXPECT_EQ(overlap_of(box, {0, 0, 10, 6}), 0.6);
  EXPECT_EQ(overlap_of(box, {5, 0, 15, 10}), 50.0 / 150.0);
  EXPECT_EQ(overlap_of(box, {10, 0, 20, 10}), 0.0);
  EXPECT_EQ(overlap_of(box, {20, 20, 30, 30}), 0.0);
}

TEST(Overlap, OfEmptyInvertedAndBoundlessBoxesIsNothing) {
  const Box box{0, 0, 10, 10};
  EXPECT_EQ(overlap_of(box, {5, 5, 5, 5}), 0.0);
  EXPECT_EQ(overlap_of({5, 5, 5, 5}, {5, 5, 5, 5}), 0.0);
  EXPECT_EQ(overlap_of(box, {8, 8, 2, 2}), 0.0);
  EXPECT_EQ(overlap_of(box, {0, 0, kInfinity, 10}), 0.0);
  EXPECT_EQ(overlap_of(box, {std::nan(""), 0, 10, 10}), 0.0);
}

TEST(Suppression, KeepsTheBestOfBoxesOfAClassThatOverlap) {
  const Detection best{{0, 0, 10, 10}, 1, 0.9}, hidden{{0, 0, 10, 6}, 1, 0.8}, other_class{{0, 0, 10, 10}, 2, 0.7},
      elsewhere{{20, 0, 30, 10}, 1, 0.6};
  EXPECT_THAT(suppressed({elsewhere, hidden, other_class, best}, 0.45), ElementsAre(best, other_class, elsewhere));
  EXPECT_THAT(suppressed({hidden, best}, 0.6), ElementsAre(best, hidden)) << "an overlap of just 0.6 is not more";
  EXPECT_THAT(suppressed({best, best}, 1.0), ElementsAre(best, best));
}

TEST(Suppression, ABoxThatIsHiddenHidesNone) {
  const Detection first{{0, 0, 10, 10}, 0, 0.9}, second{{4, 0, 14, 10}, 0, 0.8}, third{{8, 0, 18, 10}, 0, 0.7};
  EXPECT_THAT(suppressed({first, second, third}, 0.3), ElementsAre(first, third));
}

TEST(Yolox, DecodesCellsOfEachStride) {
  const auto log2 = static_cast<float>(std::log(2.0));
  // An input of 16 x 8: two cells of stride 8. The second's centre is (1.5, 0.25) * 8, its size (2, 1) * 8.
  const std::vector<float> rows{0, 0, 0, 0, 0, 1, 1, 0.5F, 0.25F, log2, 0, 0.5F, 0.75F, 0.01F};
  const auto found = decoded(yolox({8}), view(rows, {2, 7}), {.width = 16, .height = 8});
  ASSERT_EQ(found.size(), 1U) << "class 1 scores 0.005";
  EXPECT_EQ(found[0].category, 0);
  EXPECT_EQ(found[0].score, 0.375);
  EXPECT_NEAR(found[0].box.left, 4, 1e-5);
  EXPECT_NEAR(found[0].box.top, -2, 1e-5);
  EXPECT_NEAR(found[0].box.right, 20, 1e-5);
  EXPECT_NEAR(found[0].box.bottom, 6, 1e-5);
}

TEST(Yolox, WalksGridsInTheOrderOfStridesRowsFirst) {
  // 4 x 4 pixels: four cells of stride 2, then one of stride 4, all with boxes of size 1 stride at their corners.
  std::vector<float> rows;
  for (int cell = 0; cell < 5; ++cell) rows.insert(rows.end(), {0, 0, 0, 0, 1, 1});
  const auto found = decoded(yolox({2, 4}), view(rows, {5, 6}), {.width = 4, .height = 4});
  std::vector<Box> boxes;
  for (const auto& one : found) boxes.push_back(one.box);
  EXPECT_THAT(boxes,
              ElementsAre(Box{-1, -1, 1, 1}, Box{1, -1, 3, 1}, Box{-1, 1, 1, 3}, Box{1, 1, 3, 3}, Box{-2, -2, 2, 2}));
}

TEST(Yolox, FindsSeveralClassesInACell) {
  const std::vector<float> row{0, 0, 0, 0, 1, 0.5F, 0.25F};
  const auto found = decoded(yolox({8}), view(row, {1, 7}), {.width = 8, .height = 8});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].category, 1);
  EXPECT_EQ(found[1].score, 0.25);
}

TEST(CentredBoxes, AreRowsWithObjectnessOrColumnsWithout) {
  const Detection first{{8, 19, 12, 21}, 1, 0.75}, second{{28, 35, 32, 45}, 0, 0.5};
  const std::vector<float> v5{10, 20, 4, 2, 1, 0.005F, 0.75F, 30, 40, 4, 10, 0.5F, 1, 0.01F};
  const MetricSpec yolov5{.type = "map", .decode = "yolov5"};
  EXPECT_THAT(decoded(yolov5, view(v5, {2, 7}), {}), ElementsAre(first, second));
  const std::vector<float> v8{10, 30, 20, 40, 4, 4, 2, 10, 0.005F, 0.5F, 0.75F, 0.005F};
  const MetricSpec yolov8{.type = "map", .decode = "yolov8"};
  EXPECT_THAT(decoded(yolov8, view(v8, {6, 2}), {}), ElementsAre(first, second));
}

TEST(CentredBoxes, MustLieTheWayTheirNameSays) {
  const MetricSpec yolov5{.type = "map", .decode = "yolov5"}, yolov8{.type = "map", .decode = "yolov8"};
  const Truth truth = truth_of({{.category = 79}}, 640, 640);
  EXPECT_EQ(problem(yolov5, {25200, 85}, truth), "none");
  EXPECT_EQ(problem(yolov8, {84, 8400}, truth), "none");
  EXPECT_THAT(problem(yolov5, {84, 8400}, truth), HasSubstr("yolov5 needs [N,5+classes]"));
  EXPECT_THAT(problem(yolov8, {25200, 85}, truth), HasSubstr("yolov8 needs [4+classes,N]"));
  EXPECT_THAT(problem(yolov5, {25200, 5}, truth), HasSubstr("needs"));
  EXPECT_THAT(problem(yolov8, {4, 8400}, truth), HasSubstr("needs"));
  const Truth beyond = truth_of({{.category = 80}}, 640, 640);
  EXPECT_THAT(problem(yolov5, {25200, 85}, beyond), HasSubstr("class 80, the network's classes are 0 to 79"));
  EXPECT_THAT(problem(yolov8, {84, 8400}, beyond), HasSubstr("class 80, the network's classes are 0 to 79"));
}

TEST(Boxes, AreTakenAsTheyAreAndPutBackIntoTheImage) {
  const std::vector<float> rows{12, 4, 22, 8, 0.9F, 3, 0, 0, 1, 1, 0.01F, 1};
  const auto found = decoded(kBoxes, view(rows, {2, 6}), {.scale_x = 0.5, .scale_y = 2, .offset_x = 2, .offset_y = 4});
  ASSERT_EQ(found.size(), 1U) << "0.01 is not above the threshold";
  EXPECT_EQ(found[0].box, (Box{20, 0, 40, 2}));
  EXPECT_EQ(found[0].category, 3);
}

TEST(Boxes, MayBeNone) { EXPECT_THAT(decoded(kBoxes, view({}, {0, 6}), {}), IsEmpty()); }

TEST(Decoding, DropsScoresAndClassesThatAreNoNumbers) {
  const std::vector<float> boxes{0, 0, 1, 1, kNaN, 0, 0, 0, 1, 1, 0.9F, kNaN, 0, 0, 1, 1, 0.9F, 3e38F};
  EXPECT_THAT(decoded(kBoxes, view(boxes, {3, 6}), {}), IsEmpty());
  const std::vector<float> cell{0, 0, 0, 0, kNaN, 0.9F};
  EXPECT_THAT(decoded(yolox({8}), view(cell, {1, 6}), {.width = 8, .height = 8}), IsEmpty());
}

TEST(Decodable, WantsARowPerCellOfTheGrids) {
  const Truth truth = truth_of({}, 416, 416);
  EXPECT_EQ(problem(yolox({8, 16, 32}), {3549, 85}, truth), "none");
  EXPECT_EQ(problem(yolox({8, 16, 32}), {1, 3549, 85}, truth), "none");
  EXPECT_THAT(problem(yolox({8, 16}), {3549, 85}, truth),
              HasSubstr("output 0 has shape [3549,85] per sample, yolox with strides 8, 16 and an input of 416 x 416 "
                        "needs [3380,5+classes]"));
  EXPECT_THAT(problem(yolox({8, 16, 32}), {3549, 5}, truth), HasSubstr("[3549,5]"));
  EXPECT_THAT(problem(yolox({8, 16, 32}), {-1, 85}, truth), HasSubstr("needs [3549,5+classes]"));
  EXPECT_THAT(problem(yolox({8, 16, 32}), {85}, truth), HasSubstr("needs [cells,5+classes]"));
  EXPECT_THAT(problem(yolox({8, 16, 32}), {2, 3549, 85}, truth), HasSubstr("needs [cells,5+classes]"));
  EXPECT_THAT(problem(yolox({8, 10}), {3549, 85}, truth), HasSubstr("cannot be divided by the stride 10"));
}

TEST(Decodable, WantsEveryMarkedClassToBeTheNetworks) {
  EXPECT_EQ(problem(yolox({8}), {1, 7}, truth_of({{.category = 1}}, 8, 8)), "none");
  EXPECT_THAT(problem(yolox({8}), {1, 7}, truth_of({{.category = 2}}, 8, 8)),
              HasSubstr("an object is of class 2, the network's classes are 0 to 1"));
}

TEST(Decodable, TakesAsManyBoxesAsThereAre) {
  const Truth truth = truth_of({{.category = 900}}, 8, 8);
  EXPECT_EQ(problem(kBoxes, {100, 6}, truth), "none");
  EXPECT_EQ(problem(kBoxes, {-1, 6}, truth), "none");
  EXPECT_THAT(problem(kBoxes, {100, 7}, truth), HasSubstr("boxes needs [N,6]: left, top, right, bottom, score, class"));
  EXPECT_EQ(problem(kBoxes, {100, -1}, truth), "none") << "known once it is computed";
}

TEST(Decodable, WantsFloatsAndMarkedObjects) {
  const auto integers = is_decodable(kBoxes, {ElementType::Int64, {1, 6}, {}}, truth_of({}, 8, 8));
  EXPECT_THAT(integers.error().message, HasSubstr("output 0 is int64"));
  EXPECT_THAT(problem(kBoxes, {1, 6}, {.label = 1}), HasSubstr("no objects are marked in the samples"));
}

}  // namespace
}  // namespace quantrail
