#include <fmt/core.h>

#include "agreement.h"
#include "pair_timing.h"

namespace quantrail::bench {

std::string case_name(const Subject& subject, const Form& form, std::string_view what) {
  return fmt::format("{} {}, {}", subject.network.network->name, form.name, what);
}

std::vector<Form> forms_of(const Prepared& network) {
  const Goals& goals = network.network->goals;
  return {{"float", &network.graph, nullptr, network.float_file, goals.in_float, 80.0},
          {"int8", &network.graph, &network.quantization, network.int8_file, goals.in_int8, 20.0},
          {"imported", &network.int8_graph, nullptr, network.int8_file, goals.in_int8, 20.0}};
}

Status check_answers(const Subject& subject, const Form& form) {
  constexpr std::size_t kSamples = 8;
  const auto batch = first_samples(*subject.network.network->samples(kSamples), kSamples);
  if (!batch) return failed(batch);
  auto ours = OurRunner::made(*form.graph, form.quantization, kSamples, 1);
  if (!ours) return failed(ours, form.name);
  const auto got = ours->run(*batch);
  if (!got) return failed(got);
  if (!subject.peer) return {};
  if (const auto loaded = subject.peer->load(form.file, 1); !loaded) return failed(loaded);
  if (const auto set = subject.peer->set_input(*batch); !set) return set;
  if (const auto ran = subject.peer->run(1); !ran) return failed(ran);
  const auto expected = subject.peer->output();
  if (!expected) return failed(expected);
  const auto name = case_name(subject, form, "outputs");
  if (got->size() != expected->values.size()) {
    return fail(Cause::Backend, "{}: {} values, ONNX Runtime has {}", name, got->size(), expected->values.size());
  }
  const Agreement close = agreement(*got, expected->values, kSamples);
  fmt::print("{}: {:.1f} dB to ONNX Runtime, same largest one for {:.0f} % of {} samples\n", name, close.sqnr_db,
             100.0 * close.same_top1, kSamples);
  if (close.sqnr_db >= form.least_sqnr_db) return {};
  return fail(Cause::Backend, "{}: {:.1f} dB to ONNX Runtime, at least {:.0f} dB expected", name, close.sqnr_db,
              form.least_sqnr_db);
}

Result<Row> measured_speed(const Subject& subject, const Form& form, std::size_t batch, std::size_t threads) {
  const auto samples = first_samples(*subject.network.network->samples(batch), batch);
  if (!samples) return failed(samples);
  auto times = timed_in_turns(subject, form, *samples, threads);
  if (!times) return failed(times);
  for (auto* side : {&times->ours, &times->peer}) {
    for (double& ms : *side) ms /= static_cast<double>(batch);
  }
  const auto what = fmt::format("batch {}, {} thread{}", batch, threads, threads == 1 ? "" : "s");
  Row row = paired(case_name(subject, form, what), times->ours, times->peer);
  row.goal = form.goal;
  return row;
}

}  // namespace quantrail::bench
