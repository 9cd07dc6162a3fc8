#include "metrics/average_precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/registry.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;

const std::vector<double> kHalf{0.5};
const std::vector<double> kTen{0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95};

/// Ten by ten pixels, place by place.
Box place(double number) { return {20 * number, 0, 20 * number + 10, 10}; }
MarkedObject object(double number, std::int64_t category = 0) { return {place(number), category, false}; }
MarkedObject crowd(const Box& box, std::int64_t category = 0) { return {box, category, true}; }
Detection found(double number, double score, std::int64_t category = 0) { return {place(number), category, score}; }

double value_of(const std::vector<Detection>& detections, const std::vector<MarkedObject>& objects,
                const std::vector<double>& thresholds = kHalf) {
  const JudgedImage image = judged(detections, objects, thresholds);
  return mean_average_precision({&image, 1}, thresholds.size());
}

TEST(AveragePrecision, IsOneWhenEverythingIsFoundAndNothingElse) {
  EXPECT_EQ(value_of({found(0, 0.9)}, {object(0)}, kTen), 1.0);
  EXPECT_EQ(value_of({found(1, 0.9), found(0, 0.8)}, {object(0), object(1)}, kTen), 1.0);
}

TEST(AveragePrecision, IsNothingWithoutDetectionsOrObjects) {
  EXPECT_EQ(value_of({}, {object(0)}), 0.0);
  EXPECT_EQ(value_of({found(0, 0.9)}, {}), 0.0);
  EXPECT_EQ(mean_average_precision({}, 1), 0.0);
}

TEST(AveragePrecision, HalvesWhenAWrongBoxScoresMore) {
  // Precision 0, 1/2: at every recall 1/2.
  EXPECT_EQ(value_of({found(1, 0.9), found(0, 0.8)}, {object(0)}), 0.5);
  // A wrong box that scores less changes nothing.
  EXPECT_EQ(value_of({found(0, 0.9), found(1, 0.8)}, {object(0)}), 1.0);
}

TEST(AveragePrecision, ReadsAHundredAndOneRecalls) {
  // Of two objects one is found: recall 0.5, so precision 1 at 0, 0.01, ... 0.5 and 0 at the fifty others.
  EXPECT_DOUBLE_EQ(value_of({found(0, 0.9)}, {object(0), object(1)}), 51.0 / 101.0);
  // Right, wrong, right: precision 1, 1/2, 2/3; 2/3 from 0.51 on.
  EXPECT_NEAR(value_of({found(0, 0.9), found(5, 0.8), found(1, 0.7)}, {object(0), object(1)}),
              (51.0 + 50.0 * 2.0 / 3.0) / 101.0, 1e-12);
  // Of three objects one: recall 1/3, 34 points from 0 to 0.33.
  EXPECT_DOUBLE_EQ(value_of({found(0, 0.9)}, {object(0), object(1), object(2)}), 34.0 / 101.0);
}

TEST(AveragePrecision, CountsASecondBoxOnAnObjectAsWrong) {
  EXPECT_NEAR(value_of({found(0, 0.9), found(0, 0.8), found(1, 0.7)}, {object(0), object(1)}),
              (51.0 + 50.0 * 2.0 / 3.0) / 101.0, 1e-12);
}

TEST(AveragePrecision, GivesABoxTheObjectThatItOverlapsMost) {
  // The first box overlaps both objects, the second more; so the second box finds the first object.
  const std::vector<MarkedObject> objects{{{0, 0, 10, 10}}, {{3, 0, 13, 10}}};
  EXPECT_EQ(value_of({{{2, 0, 12, 10}, 0, 0.9}, {{0, 0, 10, 10}, 0, 0.8}}, objects), 1.0);
}

TEST(AveragePrecision, IsTheMeanOverThresholds) {
  const std::vector<Detection> loose{{{0, 0, 10, 6}, 0, 0.9}};  // overlap 0.6: right at 0.5, 0.55 and 0.6
  EXPECT_DOUBLE_EQ(value_of(loose, {object(0)}, kTen), 0.3);
  EXPECT_EQ(value_of(loose, {object(0)}, {0.6}), 1.0);
  EXPECT_EQ(value_of(loose, {object(0)}, {0.61}), 0.0);
}

TEST(AveragePrecision, IsTheMeanOverClassesThatHaveObjects) {
  EXPECT_EQ(value_of({found(0, 0.9, 3)}, {object(0, 3), object(1, 7)}), 0.5);
  EXPECT_EQ(value_of({found(0, 0.9, 3), found(1, 0.9, 5)}, {object(0, 3)}), 1.0) << "class 5 has no object";
  EXPECT_EQ(value_of({found(0, 0.9, 4)}, {object(0, 3)}), 0.0) << "the right place, the wrong class";
}

TEST(AveragePrecision, LeavesBoxesInCrowdsAside) {
  const MarkedObject many = crowd({100, 0, 200, 10});
  EXPECT_EQ(value_of({found(5, 0.9), found(6, 0.8), found(0, 0.7)}, {object(0), many}), 1.0);
  EXPECT_EQ(value_of({found(5, 0.9, 1), found(0, 0.7, 1)}, {object(0, 1), many}), 0.5) << "a crowd of another class";
  EXPECT_EQ(value_of({}, {many}), 0.0) << "a crowd is nothing to find";
}

TEST(AveragePrecision, MeasuresCrowdsByTheDetectionsOwnArea) {
  // Six of ten columns lie in the crowd: ignored at 0.5, 0.55 and 0.6, wrong at the seven others.
  const MarkedObject many = crowd({104, 0, 300, 10});
  const auto image = judged(std::vector{found(5, 0.9)}, std::vector{many}, kTen);
  EXPECT_EQ(image.detections[0].right, 0U);
  EXPECT_EQ(image.detections[0].ignored, 0b111U);
  EXPECT_DOUBLE_EQ(value_of({found(5, 0.9), found(0, 0.7)}, {object(0), many}, kTen), (3 * 1.0 + 7 * 0.5) / 10);
}

TEST(AveragePrecision, PrefersAnObjectToTheCrowdAroundIt) {
  const auto image =
      judged(std::vector{found(0, 0.9), found(0, 0.8)}, std::vector{crowd({0, 0, 100, 100}), object(0)}, kHalf);
  EXPECT_THAT(image.detections, ElementsAre(JudgedDetection{0, 0.9, 1, 0}, JudgedDetection{0, 0.8, 0, 1}));
}

TEST(AveragePrecision, RanksDetectionsOfAllImagesTogether) {
  const JudgedImage wrong_first = judged(std::vector{found(3, 0.9)}, {}, kHalf);
  const JudgedImage right_second = judged(std::vector{found(0, 0.8)}, std::vector{object(0)}, kHalf);
  EXPECT_EQ(mean_average_precision(std::vector{right_second, wrong_first}, 1), 0.5);
  EXPECT_EQ(mean_average_precision(std::vector{right_second}, 1), 1.0);
}

TEST(AveragePrecision, KeepsTheOrderOfImagesAmongEqualScores) {
  const JudgedImage right = judged(std::vector{found(0, 0.8)}, std::vector{object(0)}, kHalf);
  const JudgedImage wrong = judged(std::vector{found(3, 0.8)}, {}, kHalf);
  EXPECT_EQ(mean_average_precision(std::vector{right, wrong}, 1), 1.0);
  EXPECT_EQ(mean_average_precision(std::vector{wrong, right}, 1), 0.5);
}

TEST(JudgedImages, SurviveBeingPacked) {
  const JudgedImage image{.objects = {{3, 2}, {79, 1}},
                          .detections = {{3, 0.1 + 0.2, 0b1111111111, 0}, {79, 1e-300, 1, 0b10}}};
  EXPECT_EQ(unpacked(packed(image)), image);
  EXPECT_EQ(unpacked(packed({})), JudgedImage{});
  EXPECT_EQ(unpacked({}), JudgedImage{});
  auto cut = packed(image);
  cut.pop_back();
  EXPECT_EQ(unpacked(cut).detections.size(), 1U);
}

// ---- the metric -----------------------------------------------------------------------------------------------------

std::unique_ptr<Metric> metric(const MetricSpec& spec) { return std::move(*make_metric(spec)); }
MetricSpec boxes_spec() { return {.type = "map", .decode = "boxes", .nms_iou = 1.0, .iou = 0.5}; }

SampleScore scored(const Metric& measure, const std::vector<float>& rows, std::vector<MarkedObject> objects) {
  const OutputView view{
      ElementType::Float32, {static_cast<std::int64_t>(rows.size()) / 6, 6}, std::as_bytes(std::span(rows))};
  return measure.of_sample({&view, 1}, {.objects = std::make_shared<const std::vector<MarkedObject>>(objects)});
}

TEST(MeanAveragePrecision, AggregatesSamplesByTheirStatesNotTheirValues) {
  const auto measure = metric(boxes_spec());
  const auto right = scored(*measure, {0, 0, 10, 10, 0.8F, 0}, {object(0)});
  const auto wrong = scored(*measure, {60, 0, 70, 10, 0.9F, 0}, {});
  EXPECT_EQ(right.value, 1.0);
  EXPECT_EQ(wrong.value, 0.0);
  EXPECT_EQ(measure->aggregated(std::vector{right, wrong}), 0.5) << "the wrong one scores more";
  EXPECT_EQ(measure->aggregated(std::vector{right}), 1.0);
  EXPECT_TRUE(measure->higher_is_better());
}

TEST(MeanAveragePrecision, SuppressesBeforeItJudges) {
  auto spec = boxes_spec();
  const std::vector<float> twice{0, 0, 10, 10, 0.9F, 0, 0, 0, 10, 9, 0.8F, 0, 20, 0, 30, 10, 0.7F, 0};
  EXPECT_LT(scored(*metric(spec), twice, {object(0), object(1)}).value, 1.0);
  spec.nms_iou = 0.45;
  EXPECT_EQ(scored(*metric(spec), twice, {object(0), object(1)}).value, 1.0);
}

TEST(MeanAveragePrecision, CountsTheHundredBestOfAClass) {
  std::vector<float> rows;
  for (int i = 0; i < 100; ++i) rows.insert(rows.end(), {500, 0, 510, 10, 0.9F, 0});
  auto with_other_class = rows;
  rows.insert(rows.end(), {0, 0, 10, 10, 0.8F, 0});
  with_other_class.insert(with_other_class.end(), {0, 0, 10, 10, 0.8F, 1});
  EXPECT_EQ(scored(*metric(boxes_spec()), rows, {object(0)}).value, 0.0);
  EXPECT_EQ(scored(*metric(boxes_spec()), with_other_class, {object(0, 1)}).value, 1.0);
}

TEST(MeanAveragePrecision, IsIdentifiedByEverythingThatChangesItsValues) {
  const MetricSpec plain{.type = "map", .decode = "yolox"};
  std::vector<MetricSpec> others(6, plain);
  others[0].decode = "boxes";
  others[1].strides = {8, 16};
  others[2].score_threshold = 0.02;
  others[3].nms_iou = 0.5;
  others[4].iou = 0.5;
  others[5].output = 1;
  for (const auto& other : others) EXPECT_NE(metric(other)->identity(), metric(plain)->identity());
  MetricSpec renamed = plain;
  renamed.name = "mine";
  EXPECT_EQ(metric(renamed)->identity(), metric(plain)->identity());
}

TEST(MeanAveragePrecision, IsNamedByItsOverlap) {
  MetricSpec spec{.type = "map", .decode = "yolox"};
  EXPECT_EQ(metric(spec)->name(), "map");
  spec.iou = 0.5;
  EXPECT_EQ(metric(spec)->name(), "map@50");
  spec.iou = 0.55;
  EXPECT_EQ(metric(spec)->name(), "map@55");
}

TEST(MeanAveragePrecision, LooksAtAShapeThatDependsOnDataOnceItIsKnown) {
  const auto boxes = metric(boxes_spec());
  const Truth truth{.objects = std::make_shared<const std::vector<MarkedObject>>()};
  const OutputView open{ElementType::Float32, {-1, -1}, {}};
  EXPECT_TRUE(boxes->accepts({&open, 1}, truth));
  const OutputView empty{ElementType::Float32, {0, 6}, {}};
  EXPECT_TRUE(boxes->scored({&empty, 1}, truth));
  const OutputView narrow{ElementType::Float32, {0, 5}, {}};
  const auto refused = boxes->scored({&narrow, 1}, truth);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "output 0 has shape [0,5] per sample, boxes needs [N,6]: left, top, right, bottom, score, class");
}

TEST(MeanAveragePrecision, RefusesAnOutputThatIsNotThere) {
  auto spec = boxes_spec();
  spec.output = 1;
  const OutputView view{ElementType::Float32, {1, 6}, {}};
  EXPECT_EQ(metric(spec)->accepts({&view, 1}, {}).error().message, "output 1 is asked for, the network has 1");
}

}  // namespace
}  // namespace quantrail
