#include "run/predicted_labels.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <random>

#include "metrics/prediction.h"
#include "run/execute.h"
#include "run/fakes.h"
#include "run/keys.h"
#include "run/small_network.h"

namespace quantrail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace testing_run;

/// Two numbers per sample, and labels that are wrong.
class Pairs : public Dataset {
 public:
  explicit Pairs(std::vector<std::array<float, 2>> rows) : rows_(std::move(rows)) {}
  [[nodiscard]] std::size_t size() const override { return rows_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    ++reads;
    std::memcpy(buffers[0].data(), rows_[index].data(), buffers[0].size());
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{.label = 77}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "pair " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return Hasher().add("pairs").finish(); }
  mutable std::atomic<int> reads = 0;

 private:
  std::vector<std::array<float, 2>> rows_;
  std::vector<SampleInput> inputs_{{"x", ElementType::Float32, {2}}};
};

/// A network whose scores are its inputs.
RunInputs passing_on(std::shared_ptr<const Dataset> data, double threshold) {
  RunInputs inputs{.model = Hasher().add("passing on").finish()};
  inputs.graph = {.name = "passing on", .opset = 13};
  inputs.graph.inputs = {{"x", ElementType::Float32, {-1, 2}, {"N", ""}}};
  inputs.graph.outputs = {{"y", ElementType::Float32, {-1, 2}, {"N", ""}}};
  inputs.graph.constants["one"] =
      std::make_shared<Tensor>(Tensor::of<float>({2, 2}, std::vector<float>{1.0F, 0.0F, 0.0F, 1.0F}));
  inputs.graph.nodes.push_back({.name = "fc", .op = "Gemm", .inputs = {"x", "one"}, .outputs = {"y"}});
  inputs.validation = std::move(data);
  inputs.compression.accuracy_aware.annotation_free = true;
  inputs.compression.accuracy_aware.annotation_conf_threshold = threshold;
  return inputs;
}

const float kLog3 = std::log(3.0F);
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Confidences 0.75, 0.5, none, 0.9933 and 0.75.
std::shared_ptr<Pairs> pairs() {
  return std::make_shared<Pairs>(
      std::vector<std::array<float, 2>>{{0.0F, kLog3}, {2.0F, 2.0F}, {kNaN, 0.0F}, {5.0F, 0.0F}, {kLog3, 0.0F}});
}

Result<PredictedLabels> labels_of(const RunInputs& inputs) {
  MemoryStore store;
  FakeObserver observer;
  return predicted_labels(inputs, store, observer, {});
}

TEST(PredictedLabels, AreTheClassesOfSamplesThatAreSure) {
  const auto labels = labels_of(passing_on(pairs(), 0.7));
  ASSERT_TRUE(labels) << labels.error().message;
  EXPECT_THAT(labels->samples, ElementsAre(0, 3, 4));
  EXPECT_THAT(labels->labels, ElementsAre(1, 0, 0));
  EXPECT_EQ(
      labels->note,
      "annotation_free: the float model's predictions are the labels; 3 of 5 samples are kept, with a confidence of "
      "0.7 or more (by the softmax of its scores); 1 give scores that are not numbers");
  const auto all = labels_of(passing_on(pairs(), 0.0));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_THAT(all->samples, ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(all->labels, ElementsAre(1, 0, 0, 0));
}

TEST(PredictedLabels, TakeScoresThatAreProbabilitiesAsTheyAre) {
  const auto labels = labels_of(
      passing_on(std::make_shared<Pairs>(std::vector<std::array<float, 2>>{{0.25F, 0.75F}, {0.5F, 0.5F}}), 0.6));
  ASSERT_TRUE(labels) << labels.error().message;
  EXPECT_THAT(labels->samples, ElementsAre(0));
  EXPECT_THAT(labels->note, HasSubstr("1 of 2 samples are kept, with a confidence of 0.6 or more (its scores are "));
}

TEST(PredictedLabels, AreAnErrorWhereNoSampleIsSureEnough) {
  const auto labels = labels_of(passing_on(pairs(), 0.999));
  ASSERT_FALSE(labels);
  EXPECT_EQ(labels.error().cause, Cause::InvalidInput);
  EXPECT_EQ(labels.error().message,
            "annotation_free: the float model predicts none of 5 validation samples with the confidence of "
            "annotation_conf_threshold, 0.999; the highest is 0.9933");
}

TEST(PredictedLabels, AreAnErrorWhereScoresAreNoNumbers) {
  const auto labels =
      labels_of(passing_on(std::make_shared<Pairs>(std::vector<std::array<float, 2>>{{kNaN, 0.0F}}), 0.0));
  ASSERT_FALSE(labels);
  EXPECT_THAT(labels.error().message, HasSubstr("its scores are not numbers"));
}

TEST(PredictedLabels, AreRememberedWhateverTheThreshold) {
  const auto data = pairs();
  MemoryStore store;
  FakeObserver observer;
  ASSERT_TRUE(predicted_labels(passing_on(data, 0.0), store, observer, {}));
  EXPECT_EQ(data->reads, 5);
  const auto again = predicted_labels(passing_on(data, 0.9), store, observer, {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(data->reads, 5);
  EXPECT_THAT(again->samples, ElementsAre(3));
  const auto& last = std::get<StepFinished>(observer.events.back());
  EXPECT_EQ(last.name, "predict labels");
  EXPECT_TRUE(last.reused);
}

TEST(PredictedLabels, GoOnWhereTheyWereStopped) {
  constexpr int kSamples = 5000;
  std::vector<std::array<float, 2>> rows;
  Numbers numbers(3);
  for (int at = 0; at < kSamples; ++at) rows.push_back({numbers.normal(2.0F), numbers.normal(2.0F)});
  const auto straight = labels_of(passing_on(std::make_shared<Pairs>(rows), 0.6));
  ASSERT_TRUE(straight) << straight.error().message;

  const auto data = std::make_shared<Pairs>(rows);
  const RunInputs inputs = passing_on(data, 0.6);
  MemoryStore store;
  FakeObserver first;
  first.on = [&](const RunEvent& event) {
    const auto* progress = std::get_if<StepProgress>(&event);
    if (progress != nullptr && progress->done >= 2000) first.stop.request_stop();
  };
  const auto stopped = predicted_labels(inputs, store, first, first.stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().cause, Cause::Cancelled);
  const int before = data->reads;
  EXPECT_LT(before, kSamples);

  FakeObserver second;
  const auto resumed = predicted_labels(inputs, store, second, {});
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(data->reads, kSamples) << "each sample is read once";
  EXPECT_EQ(resumed->samples, straight->samples);
  EXPECT_EQ(resumed->labels, straight->labels);
  EXPECT_EQ(resumed->note, straight->note);
}

TEST(PredictedLabels, WaitForStorageThatIsBlocked) {
  FailingStore store;
  store.failures = 1;
  FakeObserver observer;
  ASSERT_TRUE(predicted_labels(passing_on(pairs(), 0.7), store, observer, {}));
  EXPECT_THAT(observer.notes(), Contains("storage works again, going on"));
}

/// A run without labels: those that the data have are wrong.
RunInputs unlabelled(double threshold) {
  RunInputs inputs = separable_inputs();
  inputs.validation = std::make_shared<RandomImages>(400, 2);
  inputs.compression.accuracy_aware.annotation_free = true;
  inputs.compression.accuracy_aware.annotation_conf_threshold = threshold;
  return inputs;
}

struct Ran {
  MemoryStore store{};
  FakeRecorder recorder{};
  FakeObserver observer{};
  Result<RunResult> result{};
  explicit Ran(const RunInputs& inputs) { result = execute(inputs, store, recorder, observer, {}); }
};

TEST(AnnotationFree, OfAllSamplesIsARunWithThePredictedLabels) {
  const Ran labelled(separable_inputs());
  const Ran free(unlabelled(0.0));
  ASSERT_TRUE(free.result) << free.result.error().message;
  EXPECT_EQ(free.recorder.iterations, labelled.recorder.iterations);
  EXPECT_EQ(free.recorder.rankings, labelled.recorder.rankings);
  EXPECT_EQ(free.recorder.baselines.at(0).metrics.at("top1"), 1.0);
  EXPECT_EQ(free.result->evaluations, labelled.result->evaluations);
  EXPECT_THAT(free.result->explanation,
              HasSubstr(" Labels are the float model's predictions: accuracy is agreement with it."));
  EXPECT_THAT(labelled.result->explanation, Not(HasSubstr("agreement")));
  EXPECT_THAT(free.recorder.notes, Contains(HasSubstr("400 of 400 samples are kept, with a confidence of 0 or more")));
}

TEST(AnnotationFree, LeavesUnsureSamplesOut) {
  const Ran run(unlabelled(0.5));
  ASSERT_TRUE(run.result) << run.result.error().message;
  EXPECT_THAT(run.recorder.notes, Contains(HasSubstr(" of 400 samples are kept, with a confidence of 0.5 or more")));
  EXPECT_THAT(run.recorder.notes, Not(Contains(HasSubstr("400 of 400 samples"))));
  EXPECT_EQ(run.recorder.baselines.at(0).metrics.at("top1"), 1.0);
}

TEST(AnnotationFree, WorksForMoreThanTheFirstClassAndForPresetAuto) {
  RunInputs inputs = unlabelled(0.3);
  inputs.metrics.push_back(make_metric({.type = "accuracy", .name = "top3", .top_k = 3}).value());
  inputs.compression.accuracy_aware.metrics = {{.name = "top3"}};
  inputs.compression.quantization.preset = Preset::Auto;
  const Ran run(inputs);
  ASSERT_TRUE(run.result) << run.result.error().message;
  EXPECT_EQ(run.recorder.baselines.at(0).metrics.at("top3"), 1.0);
  for (const auto& iteration : run.recorder.iterations)
    EXPECT_GE(iteration.metrics.at("top3"), iteration.metrics.at("top1"));
}

TEST(AnnotationFree, StoppedAtRandomAndResumedRecordsTheSame) {
  const Ran straight(unlabelled(0.5));
  ASSERT_TRUE(straight.result) << straight.result.error().message;
  const std::size_t events = straight.observer.events.size();
  std::minstd_rand random(7);
  for (int trial = 0; trial < 3; ++trial) {
    RunInputs inputs = unlabelled(0.5);
    inputs.threads = 1 + static_cast<std::size_t>(trial) % 2;
    MemoryStore store;
    FakeRecorder recorder;
    // The first attempt ends before there are labels.
    std::size_t stop_after = 3;
    for (bool finished = false; !finished; stop_after = events / 8 + random() % (events / 2)) {
      FakeObserver observer;
      observer.stop_after = stop_after;
      const auto result = execute(inputs, store, recorder, observer, observer.stop.get_token());
      ASSERT_TRUE(result || result.error().cause == Cause::Cancelled) << result.error().message;
      finished = result.has_value();
    }
    EXPECT_EQ(recorder.iterations, straight.recorder.iterations);
    EXPECT_EQ(recorder.rankings, straight.recorder.rankings);
    EXPECT_EQ(recorder.result->explanation, straight.result->explanation);
    EXPECT_THAT(straight.recorder.notes, Contains(recorder.notes.front()));
  }
}

TEST(AnnotationFree, SaysWhatIsMissingBeforeAnythingIsPredicted) {
  RunInputs inputs = unlabelled(0.5);
  inputs.validation = nullptr;
  EXPECT_THAT(Ran(inputs).result.error().message, HasSubstr("needs engine.validation"));
}

}  // namespace
}  // namespace quantrail
