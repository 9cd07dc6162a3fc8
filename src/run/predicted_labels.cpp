#include "run/predicted_labels.h"

#include <utility>

#include "data/relabelled.h"
#include "evaluate/evaluator.h"
#include "metrics/prediction.h"
#include "run/keys.h"
#include "run/patience.h"
#include "run/samples.h"

namespace quantrail {
namespace {

/// The float model's evaluation by prediction_metrics, from memory or computed and remembered.
Result<Evaluation> predictions(const RunInputs& inputs, AnswerStore& store, RunObserver& observer,
                               const std::stop_token& stop) {
  RunInputs asked = inputs;
  asked.metrics = prediction_metrics(inputs.scores_output);
  EvaluationRequest request;
  request.samples = all_samples(asked.validation->size());
  const std::size_t total = request.samples.size();
  const Digest key = evaluation_key(asked, runtime_info(), {}, request.samples);
  const Patience patiently(observer, stop);
  StepFinished finished{.name = "predict labels"};
  observer.on_event(StepStarted{.name = finished.name, .total = total, .unit = "samples"});
  auto known = patiently([&] { return store.find(key); });
  if (!known) return failed(known);
  if (*known) {
    finished.reused = true;
    observer.on_event(finished);
    return std::move(**known);
  }
  auto blocks = patiently([&] { return store.blocks(key); });
  if (!blocks) return failed(blocks);
  const auto evaluator = Evaluator::create(asked.graph, asked.validation, asked.metrics,
                                           {.threads = asked.threads, .shared_bytes = asked.memory_bytes / 8 * 3});
  if (!evaluator) return failed(evaluator);
  EvaluationHooks hooks{.finished = {std::move(*blocks)}, .stop = stop};
  hooks.save = [&](const std::vector<FinishedBlock>& some) {
    std::vector<KeyedBlock> keyed;
    for (const auto& one : some) keyed.push_back({key, one.block});
    return patiently([&] { return store.save_blocks(keyed); });
  };
  hooks.progress = [&](std::size_t done) { observer.on_event(StepProgress{.done = done, .total = total}); };
  auto computed = evaluator->evaluated(request, hooks);
  if (!computed) return failed(computed);
  if (const auto saved = patiently([&] { return store.save(key, *computed); }); !saved) return failed(saved);
  finished.seconds = computed->seconds;
  observer.on_event(finished);
  return computed;
}

std::string note_on(const ConfidentSamples& found, std::size_t total, double threshold) {
  std::string text = fmt::format(
      "annotation_free: the float model's predictions are the labels; {} of {} samples are kept, with a confidence of "
      "{} or more ({})",
      found.samples.size(), total, threshold,
      found.probabilities ? "its scores are probabilities" : "by the softmax of its scores");
  if (found.unpredicted > 0) text += fmt::format("; {} give scores that are not numbers", found.unpredicted);
  return text;
}

}  // namespace

Result<PredictedLabels> predicted_labels(const RunInputs& inputs, AnswerStore& store, RunObserver& observer,
                                         std::stop_token stop) {
  const auto evaluation = predictions(inputs, store, observer, stop);
  if (!evaluation) return failed(evaluation, "predict labels");
  const std::size_t total = inputs.validation->size();
  const double threshold = inputs.compression.accuracy_aware.annotation_conf_threshold;
  ConfidentSamples found = confident_samples(evaluation->per_sample, threshold);
  if (found.unpredicted == total) {
    return fail(
        Cause::InvalidInput,
        "annotation_free: the float model predicts no class for any of {} validation samples: its scores are not "
        "numbers",
        total);
  }
  if (found.samples.empty()) {
    return fail(Cause::InvalidInput,
                "annotation_free: the float model predicts none of {} validation samples with the confidence of "
                "annotation_conf_threshold, {}; the highest is {:.4g}",
                total, threshold, found.highest);
  }
  PredictedLabels labels{.note = note_on(found, total, threshold)};
  labels.samples = std::move(found.samples);
  labels.labels = std::move(found.classes);
  return labels;
}

RunInputs labelled(RunInputs inputs, const PredictedLabels& labels) {
  inputs.validation = relabelled(std::move(inputs.validation), labels.samples, labels.labels);
  return inputs;
}

}  // namespace quantrail
