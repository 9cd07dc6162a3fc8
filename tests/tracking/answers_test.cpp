#include "tracking/answers.h"

#include <cmath>
#include <thread>

#include "support.h"

namespace quantrail::tracking {
namespace {

Evaluation sample_evaluation() {
  return {.metrics = {{"top1", 0.7}, {"top5", kNaN}},
          .per_sample = {{"top1", {1.0, 0.0, 1.0}}, {"top5", {1.0, kNaN, -0.0}}},
          .distance = 0.25,
          .seconds = 1.5,
          .samples = 3};
}

/// Numbers that do not compress.
EvaluationBlock large_block(std::size_t first, std::size_t count) {
  EvaluationBlock block{.first = first};
  std::uint64_t state = first + 1;
  for (std::size_t i = 0; i < count; ++i) {
    state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    block.per_sample["m"].push_back(static_cast<double>(state >> 11U) / 9e15);
  }
  return block;
}

class AnswersTest : public testing::TestWithParam<Journal> {
 protected:
  [[nodiscard]] StoreOptions options() const { return {.connection = {.journal = GetParam()}}; }
  TempFolder folder_;
  Store store_ = new_store(folder_, options());
  std::unique_ptr<Answers> answers_ = must(Answers::open(store_));
};

TEST_P(AnswersTest, UnknownKeysHaveNoAnswer) {
  EXPECT_EQ(must(answers_->find(digest_of("x"))), std::nullopt);
  EXPECT_EQ(must(answers_->find_blob(digest_of("x"))), std::nullopt);
  EXPECT_TRUE(must(answers_->blocks(digest_of("x"))).empty());
}

TEST_P(AnswersTest, AnEvaluationComesBackToTheBitInAnotherConnection) {
  const Evaluation saved = sample_evaluation();
  must(answers_->save(digest_of("key"), saved));
  const auto other = must(Answers::open(store_));
  const auto found = must(other->find(digest_of("key"))).value();
  EXPECT_EQ(found.metrics.at("top1"), 0.7);
  EXPECT_TRUE(std::isnan(found.metrics.at("top5")));
  EXPECT_EQ(found.per_sample.at("top1"), saved.per_sample.at("top1"));
  EXPECT_TRUE(std::isnan(found.per_sample.at("top5").at(1)));
  EXPECT_TRUE(std::signbit(found.per_sample.at("top5").at(2)));
  EXPECT_EQ(found.distance, 0.25);
  EXPECT_EQ(found.seconds, 1.5);
  EXPECT_EQ(found.samples, 3U);
}

TEST_P(AnswersTest, ADistanceThatIsNanComesBack) {
  must(answers_->save(digest_of("key"), {.distance = kNaN}));
  EXPECT_TRUE(std::isnan(must(answers_->find(digest_of("key")))->distance));
}

TEST_P(AnswersTest, BlocksComeInOrderAndGoWhenTheEvaluationIsThere) {
  const EvaluationBlock second{.first = 8, .per_sample = {{"top1", {1.0}}}, .distances = {0.5}, .seconds = 0.25};
  const EvaluationBlock first{.first = 0, .per_sample = {{"top1", {0.0, 1.0}}}, .distances = {}, .seconds = 0.5};
  must(answers_->save_block(digest_of("key"), second));
  must(answers_->save_block(digest_of("key"), first));
  must(answers_->save_block(digest_of("other"), first));
  EXPECT_EQ(must(answers_->blocks(digest_of("key"))), (std::vector<EvaluationBlock>{first, second}));
  must(answers_->save(digest_of("key"), sample_evaluation()));
  EXPECT_TRUE(must(answers_->blocks(digest_of("key"))).empty());
  EXPECT_EQ(must(answers_->blocks(digest_of("other"))).size(), 1U);
}

TEST_P(AnswersTest, BlocksKeepTheStatesOfSamples) {
  const EvaluationBlock block{.first = 4,
                              .per_sample = {{"map", {0.5, 0.25}}, {"top1", {1.0, 0.0}}},
                              .states = {{"map", {{1.0, 2.0, 3.0}, {}}}},
                              .distances = {0.5, 0.5},
                              .seconds = 1.0,
                              .not_numbers = {5}};
  must(answers_->save_block(digest_of("key"), block));
  EXPECT_EQ(must(must(Answers::open(store_))->blocks(digest_of("key"))), std::vector<EvaluationBlock>{block});
}

TEST_P(AnswersTest, KeepTheSamplesWithoutANumber) {
  const Evaluation evaluation{
      .metrics = {{"top1", 0.5}}, .per_sample = {{"top1", {1.0, 0.0}}}, .samples = 2, .not_numbers = {0, 17}};
  must(answers_->save(digest_of("key"), evaluation));
  EXPECT_EQ(must(answers_->find(digest_of("key"))), evaluation);
}

TEST_P(AnswersTest, ABlockSavedTwiceIsOneBlock) {
  must(answers_->save_block(digest_of("key"), {.first = 0, .seconds = 1.0}));
  must(answers_->save_block(digest_of("key"), {.first = 0, .seconds = 2.0}));
  EXPECT_EQ(must(answers_->blocks(digest_of("key"))), (std::vector<EvaluationBlock>{{.first = 0, .seconds = 2.0}}));
}

TEST_P(AnswersTest, BlobsOfAnySizeComeBack) {
  for (const std::size_t size : {0U, 1U, 1'000'000U}) {
    const std::vector<std::uint8_t> bytes(size, 42);
    const auto key = digest_of(std::to_string(size));
    must(answers_->save_blob(key, "statistics", bytes));
    EXPECT_EQ(must(answers_->find_blob(key)), bytes);
  }
}

TEST_P(AnswersTest, ADamagedAnswerCountsAsMissingAndIsReplaced) {
  must(answers_->save(digest_of("key"), sample_evaluation()));
  must(answers_->save_blob(digest_of("key"), "statistics", std::vector<std::uint8_t>{1, 2, 3}));
  must(answers_->save_block(digest_of("block"), {.first = 0, .seconds = 1.0}));
  auto database = must(store_.connect());
  must(
      database.execute("UPDATE evaluations SET answer = x'28B52FFD00'; UPDATE blobs SET content = x''; "
                       "UPDATE evaluation_blocks SET answer = x'00'"));
  EXPECT_EQ(must(answers_->find(digest_of("key"))), std::nullopt);
  EXPECT_EQ(must(answers_->find_blob(digest_of("key"))), std::nullopt);
  EXPECT_TRUE(must(answers_->blocks(digest_of("block"))).empty());
  must(answers_->save(digest_of("key"), sample_evaluation()));
  EXPECT_TRUE(must(answers_->find(digest_of("key"))));
}

TEST_P(AnswersTest, ThreadsMaySaveAndFindAtOnce) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 10; ++i) {
        const auto key = digest_of(std::to_string(thread) + "/" + std::to_string(i));
        EXPECT_TRUE(answers_->save(key, {.seconds = i + 0.5}));
        const auto found = answers_->find(key);
        EXPECT_TRUE(found && *found && (*found)->seconds == i + 0.5);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  auto database = must(store_.connect());
  EXPECT_EQ(must(first_integer(database, "SELECT COUNT(*) FROM evaluations")), 40);
}

TEST_P(AnswersTest, AFullDiskIsAnErrorAfterWhichTheSameCallMaySucceed) {
  StoreOptions small = options();
  small.connection.max_pages = 80;
  const auto limited = must(Answers::open(must(Store::open(store_.folder(), Store::Mode::Write, small))));
  std::size_t saved = 0;
  Status status;
  while (saved < 200 && (status = limited->save_block(digest_of("key"), large_block(saved, 1000)))) ++saved;
  ASSERT_LT(saved, 200U);
  EXPECT_GT(saved, 0U);
  EXPECT_TRUE(fails_with(status, Cause::Blocked, "experiments.db: no space left"));
  EXPECT_EQ(must(limited->blocks(digest_of("key"))).size(), saved) << "what was there stays readable";
  must(must(store_.connect()).execute("DELETE FROM evaluation_blocks WHERE first = 0"));
  EXPECT_TRUE(limited->save_block(digest_of("key"), large_block(saved, 1000)));
}

INSTANTIATE_TEST_SUITE_P(Journals, AnswersTest, testing::Values(Journal::Truncate, Journal::Wal),
                         [](const auto& test) { return test.param == Journal::Wal ? "Wal" : "Truncate"; });

}  // namespace
}  // namespace quantrail::tracking
