#include "evaluate/evaluator.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <limits>
#include <numeric>
#include <thread>

#include "evaluate/fakes.h"
#include "evaluate/token_network.h"

namespace quantrail {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing_evaluate::CountingData;
using testing_evaluate::Largest;
using testing_evaluate::LargestByState;
using testing_evaluate::token_network;
using testing_evaluate::Tokens;

constexpr std::int64_t kWidth = 6;
constexpr std::int64_t kClasses = 4;

/// y = Relu(x) W + b, then Softmax; with weights that are all different.
Graph small_network() {
  std::vector<float> weights;
  for (std::int64_t at = 0; at < kWidth * kClasses; ++at)
    weights.push_back(static_cast<float>((at * 5) % 13 - 6) / 6.0F);
  Graph graph{.name = "small", .opset = 13};
  graph.inputs = {{"x", ElementType::Float32, {-1, kWidth}, {"N", ""}}};
  graph.outputs = {{"y", ElementType::Float32, {-1, kClasses}, {"N", ""}}};
  graph.constants["w"] = std::make_shared<Tensor>(Tensor::of<float>({kWidth, kClasses}, weights));
  graph.constants["b"] =
      std::make_shared<Tensor>(Tensor::of<float>({kClasses}, std::vector<float>{0.1F, -0.2F, 0.3F, 0.0F}));
  graph.nodes = {{.name = "relu", .op = "Relu", .inputs = {"x"}, .outputs = {"r"}},
                 {.name = "fc", .op = "Gemm", .inputs = {"r", "w", "b"}, .outputs = {"y"}}};
  return graph;
}

Quantization small_quantization() {
  Quantization q;
  q.activations["r"] = {.scale = 1.0F / 255.0F, .zero_point = 0};
  q.layers["fc"] = {.weights = WeightParams{.axis = 1, .scale = std::vector<float>(kClasses, 1.0F / 127.0F)}};
  q.groups = {{"fc", {"fc"}}};
  return q;
}

/// Keeps blocks of a single evaluation.
auto saving_in(std::vector<EvaluationBlock>& saved) {
  return [&saved](const std::vector<FinishedBlock>& blocks) -> Status {
    for (const auto& finished : blocks) saved.push_back(finished.block);
    return {};
  };
}

std::vector<std::size_t> first_samples(std::size_t count) {
  std::vector<std::size_t> samples(count);
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  return samples;
}

struct Bench {
  std::shared_ptr<CountingData> data = std::make_shared<CountingData>(1100, kWidth, kClasses);
  std::vector<std::shared_ptr<const Metric>> metrics{std::make_shared<Largest>()};

  [[nodiscard]] Result<Evaluator> evaluator(std::size_t threads = 1, std::size_t reference_bytes = 1 << 20) const {
    return Evaluator::create(small_network(), data, metrics, {.threads = threads, .reference_bytes = reference_bytes});
  }
  [[nodiscard]] Evaluation evaluated(const EvaluationRequest& request, std::size_t threads = 1) const {
    auto made = evaluator(threads);
    EXPECT_TRUE(made) << made.error().message;
    auto evaluation = made->evaluated(request, {});
    EXPECT_TRUE(evaluation) << evaluation.error().message;
    evaluation->seconds = 0.0;
    return *evaluation;
  }
};

EvaluationRequest request_for(const Quantization* quantization, std::vector<std::size_t> samples) {
  EvaluationRequest request;
  request.variant.quantization = quantization;
  request.samples = std::move(samples);
  request.distance = quantization != nullptr;
  return request;
}

TEST(Evaluator, ComputesTheNetworkOnEachSample) {
  const Evaluation evaluation = Bench().evaluated(request_for(nullptr, {3}));
  // Sample 3 is (5, -3, 0, 3, -5, -2) / 5, so only rows 0 and 3 of the weights count.
  const double expected = std::max({1.0 * -6 / 6 + 0.6 * 2 / 6 + 0.1, 1.0 * -1 / 6 + 0.6 * -6 / 6 - 0.2,
                                    1.0 * 4 / 6 + 0.6 * -1 / 6 + 0.3, 1.0 * -4 / 6 + 0.6 * 4 / 6});
  EXPECT_NEAR(evaluation.metrics.at("largest"), expected, 1e-6);
  EXPECT_EQ(evaluation.samples, 1U);
}

TEST(Evaluator, GivesValuesInTheOrderOfTheRequestWhateverTheirNeighbours) {
  const Bench bench;
  const auto all = bench.evaluated(request_for(nullptr, first_samples(40))).per_sample.at("largest");
  const auto some = bench.evaluated(request_for(nullptr, {31, 4, 4, 17})).per_sample.at("largest");
  EXPECT_THAT(some, ElementsAre(all[31], all[4], all[4], all[17]));
}

TEST(Evaluator, DoesNotDependOnTheNumberOfThreads) {
  const Bench bench;
  const Quantization quantization = small_quantization();
  const auto request = request_for(&quantization, first_samples(1100));
  EXPECT_EQ(bench.evaluated(request, 1), bench.evaluated(request, 3));
}

TEST(Evaluator, MeasuresTheDistanceOfQuantizedModelsAndNoneOfTheFloatModel) {
  const Bench bench;
  const Quantization quantization = small_quantization();
  const double quantized = bench.evaluated(request_for(&quantization, first_samples(50))).distance;
  EXPECT_GT(quantized, 0.0);
  EXPECT_LT(quantized, 1e-3);
  auto of_float = request_for(nullptr, first_samples(50));
  of_float.distance = true;
  EXPECT_EQ(bench.evaluated(of_float).distance, 0.0);
  auto reverted = request_for(&quantization, first_samples(50));
  reverted.variant.reverted = {"fc"};
  EXPECT_EQ(bench.evaluated(reverted).distance, 0.0);
}

TEST(Evaluator, GivesTheSameDistanceWhereReferencesDoNotFitMemory) {
  const Bench bench;
  const Quantization quantization = small_quantization();
  const auto request = request_for(&quantization, first_samples(50));
  const auto small = bench.evaluator(1, 100)->evaluated(request, {});
  EXPECT_EQ(small->distance, bench.evaluated(request).distance);
}

TEST(Evaluator, ReadsSamplesForReferencesOnlyOnce) {
  const Bench bench;
  const Quantization quantization = small_quantization();
  const auto request = request_for(&quantization, first_samples(20));
  const auto evaluator = bench.evaluator();
  ASSERT_TRUE(evaluator->evaluated(request, {}));
  EXPECT_EQ(bench.data->reads.exchange(0), 40);
  ASSERT_TRUE(evaluator->evaluated(request, {}));
  EXPECT_EQ(bench.data->reads, 20);
}

TEST(Evaluator, GoesOnFromFinishedBlocksToTheSameResult) {
  const Bench bench;
  const Quantization quantization = small_quantization();
  const auto request = request_for(&quantization, first_samples(1100));
  std::vector<EvaluationBlock> saved;
  EvaluationHooks hooks;
  hooks.save = saving_in(saved);
  auto whole = bench.evaluator(2)->evaluated(request, hooks);
  ASSERT_EQ(saved.size(), 3U);

  for (std::size_t left_out = 0; left_out < saved.size(); ++left_out) {
    EvaluationHooks resumed{.finished = {saved}};
    resumed.finished[0].erase(resumed.finished[0].begin() + static_cast<std::ptrdiff_t>(left_out));
    bench.data->reads = 0;
    const auto evaluator = bench.evaluator(1);
    const auto again = evaluator->evaluated(request, resumed);
    EXPECT_EQ(again->metrics, whole->metrics);
    EXPECT_EQ(again->per_sample, whole->per_sample);
    EXPECT_EQ(again->distance, whole->distance);
    EXPECT_EQ(bench.data->reads, 2 * static_cast<int>(saved[left_out].distances.size()));
  }
}

TEST(Evaluator, TimeThatSavingTakesIsNotTheModels) {
  constexpr auto kPause = std::chrono::milliseconds(300);
  const Bench bench;
  double seconds = 0.0;
  int saved = 0;
  EvaluationHooks hooks;
  hooks.save = [&](const std::vector<FinishedBlock>& blocks) -> Status {
    for (const auto& finished : blocks) seconds += finished.block.seconds;
    saved += static_cast<int>(blocks.size());
    std::this_thread::sleep_for(kPause);
    return {};
  };
  const auto began = std::chrono::steady_clock::now();
  const auto evaluation = bench.evaluator(2)->evaluated(request_for(nullptr, first_samples(1100)), hooks);
  const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  ASSERT_EQ(saved, 3);
  EXPECT_DOUBLE_EQ(evaluation->seconds, seconds);
  EXPECT_LE(seconds, whole - 3 * std::chrono::duration<double>(kPause).count());
}

TEST(Evaluator, AggregatesStatesThatWereSavedAndThoseThatWereNot) {
  const Bench plain;
  Bench bench;
  bench.metrics = {std::make_shared<LargestByState>()};
  const auto request = request_for(nullptr, first_samples(1100));
  std::vector<EvaluationBlock> saved;
  EvaluationHooks hooks;
  hooks.save = saving_in(saved);
  const auto whole = bench.evaluator()->evaluated(request, hooks);
  EXPECT_EQ(whole->metrics, plain.evaluated(request).metrics);
  ASSERT_EQ(saved.size(), 3U);
  saved.erase(saved.begin() + 1);
  const auto resumed = bench.evaluator()->evaluated(request, {.finished = {saved}});
  EXPECT_EQ(resumed->metrics, whole->metrics);
}

TEST(Evaluator, StoppedSavesWhatWasFinishedAndIsCancelled) {
  const Bench bench;
  std::stop_source stop;
  std::vector<EvaluationBlock> saved;
  EvaluationHooks hooks{.stop = stop.get_token()};
  hooks.progress = [&](std::size_t done) {
    if (done >= 24) stop.request_stop();
  };
  hooks.save = saving_in(saved);
  const auto request = request_for(nullptr, first_samples(1100));
  const auto stopped = bench.evaluator()->evaluated(request, hooks);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().cause, Cause::Cancelled);
  ASSERT_EQ(saved.size(), 1U);
  EXPECT_GE(saved[0].per_sample.at("largest").size(), 24U);

  const auto resumed = bench.evaluator()->evaluated(request, {.finished = {saved}});
  EXPECT_EQ(resumed->per_sample, bench.evaluated(request).per_sample);
}

TEST(Evaluator, CountsProgressUpToTheLastSample) {
  std::vector<std::size_t> seen;
  EvaluationHooks hooks;
  hooks.progress = [&](std::size_t done) { seen.push_back(done); };
  ASSERT_TRUE(Bench().evaluator(2)->evaluated(request_for(nullptr, first_samples(21)), hooks));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.front(), 0U);
  EXPECT_EQ(seen.back(), 21U);
}

TEST(Evaluator, PassesOnWhatTheDataSetComplainsAbout) {
  const Bench bench;
  bench.data->broken = 13;
  const auto evaluation = bench.evaluator(2)->evaluated(request_for(nullptr, first_samples(40)), {});
  ASSERT_FALSE(evaluation);
  EXPECT_EQ(evaluation.error().message, "sample 13 is broken");
}

TEST(Evaluator, NamesTheSampleWhoseValuesTheNetworkCannotTake) {
  std::vector<std::int64_t> tokens(40, 3);
  tokens[21] = 9;
  tokens[22] = -12;
  const std::vector<std::shared_ptr<const Metric>> metrics{std::make_shared<Largest>()};
  const auto evaluation = Evaluator::create(token_network(8), std::make_shared<Tokens>(tokens), metrics, {.threads = 2})
                              ->evaluated(request_for(nullptr, first_samples(40)), {});
  ASSERT_FALSE(evaluation);
  EXPECT_THAT(evaluation.error().message, AllOf(StartsWith("row 21: "), HasSubstr("index 9 on an axis of 8")));
}

/// Reads NaN for two samples.
class GappyData final : public CountingData {
 public:
  GappyData() : CountingData(40, kWidth, kClasses) {}
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    if (const auto read = CountingData::read(index, buffers); !read) return read;
    const float none = std::numeric_limits<float>::quiet_NaN();
    if (index == 7 || index == 30) std::memcpy(buffers[0].data(), &none, sizeof none);
    return {};
  }
};

TEST(Evaluator, SaysForWhichSamplesTheFloatModelGivesNoNumber) {
  Bench bench;
  bench.data = std::make_shared<GappyData>();
  EXPECT_THAT(bench.evaluated(request_for(nullptr, first_samples(40)), 2).not_numbers, ElementsAre(7, 30));
  EXPECT_THAT(bench.evaluated(request_for(nullptr, {30, 1})).not_numbers, ElementsAre(0));
  EXPECT_THAT(bench.evaluated(request_for(nullptr, {1, 2})).not_numbers, IsEmpty());
  const auto scores = bench.evaluated(request_for(nullptr, first_samples(40)), 2).per_sample.at("largest");
  EXPECT_TRUE(std::isnan(scores[7])) << "whatever the network makes of it";
  EXPECT_FALSE(std::isnan(scores[8]));

  std::vector<EvaluationBlock> saved;
  EvaluationHooks hooks;
  hooks.save = saving_in(saved);
  ASSERT_TRUE(bench.evaluator()->evaluated(request_for(nullptr, first_samples(40)), hooks));
  EvaluationHooks again;
  again.finished = {saved};
  const auto evaluation = bench.evaluator()->evaluated(request_for(nullptr, first_samples(40)), again);
  ASSERT_TRUE(evaluation);
  EXPECT_THAT(evaluation->not_numbers, ElementsAre(7, 30)) << "from blocks that an earlier attempt saved";
}

/// Numbers of 16 bits as they are, [1] a sample.
class Halves final : public Dataset {
 public:
  Halves(ElementType type, std::vector<std::uint16_t> bits) : bits_(std::move(bits)), inputs_{{"x", type, {1}}} {}
  [[nodiscard]] std::size_t size() const override { return bits_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    std::memcpy(buffers[0].data(), &bits_[index], sizeof(std::uint16_t));
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{.label = 0}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "row " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::vector<std::uint16_t> bits_;
  std::vector<SampleInput> inputs_;
};

TEST(Evaluator, SeesWhatIsNoNumberInSixteenBits) {
  for (const auto& [type, bits] : {std::pair{ElementType::Float16, std::vector<std::uint16_t>{0x3C00, 0x7E00, 0xFC00}},
                                   {ElementType::BFloat16, std::vector<std::uint16_t>{0x3F80, 0xFFC0, 0x7F80}}}) {
    // The Relu makes a number of NaN.
    Graph graph{.name = "halves", .opset = 13};
    graph.inputs = {{"x", type, {-1, 1}, {"N", ""}}};
    graph.outputs = {{"y", ElementType::Float32, {-1, 1}, {"N", ""}}};
    graph.nodes = {{.name = "cast", .op = "Cast", .inputs = {"x"}, .outputs = {"f"}},
                   {.name = "relu", .op = "Relu", .inputs = {"f"}, .outputs = {"y"}}};
    graph.nodes[0].attributes["to"] = std::int64_t{1};
    const auto evaluation =
        Evaluator::create(graph, std::make_shared<Halves>(type, bits), {std::make_shared<Largest>()}, {.threads = 1})
            ->evaluated(request_for(nullptr, first_samples(3)), {});
    ASSERT_TRUE(evaluation) << evaluation.error().message;
    EXPECT_THAT(evaluation->not_numbers, ElementsAre(1)) << "infinity is a number";
  }
}

TEST(Evaluator, EndsWithTheErrorOfAFailedSave) {
  EvaluationHooks hooks;
  hooks.save = [](const auto&) -> Status { return fail(Cause::Storage, "no"); };
  const auto evaluation = Bench().evaluator()->evaluated(request_for(nullptr, first_samples(40)), hooks);
  ASSERT_FALSE(evaluation);
  EXPECT_EQ(evaluation.error(), (Error{Cause::Storage, "no"}));
}

TEST(Evaluator, RefusesALabelBeyondTheClassesBeforeAnythingIsRead) {
  Bench bench;
  bench.metrics = {std::make_shared<Largest>(3)};
  const auto made = bench.evaluator();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "metric \"largest\", row 3: label 3 is not below 3");
  EXPECT_EQ(bench.data->reads, 0);
}

TEST(Evaluator, RefusesDataOfAnotherShape) {
  Bench bench;
  bench.data = std::make_shared<CountingData>(10, kWidth + 1, kClasses);
  const auto made = bench.evaluator();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("takes samples of float32 [6], the data has float32 [7]"));
}

TEST(Evaluator, TakesSizesThatTheNetworkLeavesOpenFromTheData) {
  const Bench bench;
  Graph open = small_network();
  open.inputs[0].shape = {-1, -1};
  const auto evaluator = Evaluator::create(open, bench.data, bench.metrics, {.threads = 1});
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  const auto request = request_for(nullptr, first_samples(20));
  EXPECT_EQ(evaluator->evaluated(request, {})->per_sample, bench.evaluated(request).per_sample);
}

TEST(Evaluator, ComputesSamplesApartWhereTheirResultsComeInOneList) {
  const Bench bench;
  Graph listing = small_network();
  listing.nodes.push_back({.name = "above", .op = "Greater", .inputs = {"y", "zero"}, .outputs = {"mask"}});
  listing.nodes.push_back({.name = "kept", .op = "Compress", .inputs = {"y_flat", "mask_flat"}, .outputs = {"list"}});
  for (const std::string value : {"y", "mask"}) {
    listing.nodes.insert(
        listing.nodes.end() - 1,
        {.name = value + "_flat", .op = "Reshape", .inputs = {value, "all"}, .outputs = {value + "_flat"}});
  }
  listing.constants["zero"] = std::make_shared<Tensor>(Tensor::of<float>({}, std::vector<float>{0.0F}));
  listing.constants["all"] = std::make_shared<Tensor>(Tensor::of<std::int64_t>({1}, std::vector<std::int64_t>{-1}));
  listing.outputs = {{"list", ElementType::Float32, {-1}, {"found"}}};
  const auto evaluator = Evaluator::create(listing, bench.data, bench.metrics, {.threads = 2});
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  // The largest score of each sample is above zero, so that it is in the list too.
  const auto request = request_for(nullptr, {3, 5, 8});
  const auto whole = bench.evaluated(request).per_sample;
  ASSERT_THAT(whole.at("largest"), testing::Each(testing::Gt(0.0)));
  EXPECT_EQ(evaluator->evaluated(request, {})->per_sample, whole);
}

TEST(Evaluator, RefusesEmptyData) {
  Bench bench;
  bench.data = std::make_shared<CountingData>(0, kWidth, kClasses);
  ASSERT_FALSE(bench.evaluator());
  EXPECT_THAT(bench.evaluator().error().message, HasSubstr("empty"));
}

}  // namespace
}  // namespace quantrail
