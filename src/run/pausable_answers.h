#pragma once

#include "run/pause_gate.h"
#include "run/ports.h"

namespace quantrail {

/// A store whose callers wait at a gate once what they brought is safe, and before they go and compute something: so a
/// run pauses where a kill would cost nothing.
class PausableAnswers final : public AnswerStore {
 public:
  /// What is referred to must outlive this.
  PausableAnswers(AnswerStore& answers, PauseGate& gate, std::stop_token stop)
      : answers_(answers), gate_(gate), stop_(std::move(stop)) {}

  [[nodiscard]] Result<std::optional<Evaluation>> find(const Digest& key) override {
    return then_wait(answers_.find(key));
  }
  [[nodiscard]] Status save(const Digest& key, const Evaluation& evaluation) override {
    return then_wait(answers_.save(key, evaluation));
  }
  [[nodiscard]] Result<std::vector<EvaluationBlock>> blocks(const Digest& key) override { return answers_.blocks(key); }
  [[nodiscard]] Status save_blocks(std::span<const KeyedBlock> blocks) override {
    return then_wait(answers_.save_blocks(blocks));
  }
  [[nodiscard]] Result<std::optional<std::vector<std::uint8_t>>> find_blob(const Digest& key) override {
    return then_wait(answers_.find_blob(key));
  }
  [[nodiscard]] Status save_blob(const Digest& key, std::string_view kind,
                                 std::span<const std::uint8_t> bytes) override {
    return then_wait(answers_.save_blob(key, kind, bytes));
  }

 private:
  template <class Answer>
  Answer then_wait(Answer answer) {
    gate_.pass(stop_);
    return answer;
  }

  AnswerStore& answers_;
  PauseGate& gate_;
  std::stop_token stop_;
};

}  // namespace quantrail
