// The only place that says which state follows which. Every UPDATE of a state asks next_state() first.
#include "db/jobs/state.h"

#include <array>

namespace efface::db {

namespace {

using J = JobState;
using E = JobEvent;

constexpr std::array kJobTransitions{
    JobTransition{J::kNone, E::kAccept, J::kReceived, "durable, before C-STORE Success"},
    JobTransition{J::kNone, E::kConflict, J::kQuarantined, "other bytes under a known SOP Instance UID"},
    JobTransition{J::kNone, E::kQuarantine, J::kQuarantined, "an orphan file that cannot be adopted"},

    JobTransition{J::kReceived, E::kClaim, J::kWorking, "leased to a worker"},
    JobTransition{J::kReceived, E::kReplaced, J::kDiscarded, "another content was released as replacement"},

    JobTransition{J::kWorking, E::kGatePassed, J::kCleared, "the gate answered for this digest"},
    JobTransition{J::kWorking, E::kQuarantine, J::kQuarantined, "not proven clean"},
    JobTransition{J::kWorking, E::kRetry, J::kReceived, "the worker died, hung or passed a limit"},
    JobTransition{J::kWorking, E::kAttemptsSpent, J::kQuarantined, "no attempt left"},
    JobTransition{J::kWorking, E::kRequeue, J::kReceived, "the node stopped; the attempt is not counted"},
    JobTransition{J::kWorking, E::kReplaced, J::kDiscarded, "another content was released as replacement"},

    JobTransition{J::kCleared, E::kHold, J::kHeld, "the rule holds for series or study"},
    JobTransition{J::kCleared, E::kDeliver, J::kDelivering, "nothing to wait for"},

    JobTransition{J::kHeld, E::kHoldRelease, J::kDelivering, "every member received is cleared"},
    JobTransition{J::kHeld, E::kOutputLost, J::kReceived, "the output is made again"},
    JobTransition{J::kHeld, E::kDiscard, J::kDiscarded, "by an operator"},
    JobTransition{J::kHeld, E::kReplaced, J::kDiscarded, "another content was released as replacement"},

    JobTransition{J::kDelivering, E::kAllConfirmed, J::kDelivered, "every destination confirmed"},
    JobTransition{J::kDelivering, E::kDeliveryFailed, J::kUndelivered, "a destination refused for good"},
    JobTransition{J::kDelivering, E::kRedeliver, J::kDelivering, "to a destination that confirmed before"},
    JobTransition{J::kDelivering, E::kOutputLost, J::kReceived, "the output is made again"},
    JobTransition{J::kDelivering, E::kReplaced, J::kDiscarded, "another content was released as replacement"},

    JobTransition{J::kUndelivered, E::kDeliveryFailed, J::kUndelivered, "a further destination refused"},
    JobTransition{J::kUndelivered, E::kRedeliver, J::kDelivering, "by an operator"},
    JobTransition{J::kUndelivered, E::kOutputLost, J::kReceived, "the output is made again"},
    JobTransition{J::kUndelivered, E::kRelease, J::kReceived, "by an operator: new work"},
    JobTransition{J::kUndelivered, E::kDiscard, J::kDiscarded, "by an operator"},
    JobTransition{
        J::kUndelivered, E::kReplaced, J::kDiscarded, "another content was released as replacement"},

    JobTransition{J::kDelivered, E::kRedeliver, J::kDelivering, "sent again by its peer, or by an operator"},
    JobTransition{J::kDelivered, E::kPurge, J::kPurged, "the retention has passed"},

    JobTransition{J::kQuarantined, E::kRelease, J::kReceived, "by an operator: new work, the gate again"},
    JobTransition{J::kQuarantined, E::kDiscard, J::kDiscarded, "by an operator"},
    JobTransition{
        J::kQuarantined, E::kReplaced, J::kDiscarded, "another content was released as replacement"},

    JobTransition{J::kDiscarded, E::kPurge, J::kDiscarded, "its files are removed after the retention"},
};

using D = DeliveryState;
using V = DeliveryEvent;

constexpr std::array kDeliveryTransitions{
    DeliveryTransition{D::kNone, V::kCreate, D::kPending, "the job is cleared"},
    DeliveryTransition{D::kNone, V::kCreateHeld, D::kHeld, "the job is cleared and held"},

    DeliveryTransition{D::kHeld, V::kReleaseHold, D::kPending, "the series or study is complete"},
    DeliveryTransition{D::kHeld, V::kCreate, D::kPending, "the output was made again"},
    DeliveryTransition{D::kHeld, V::kCreateHeld, D::kHeld, "the output was made again; still held"},
    DeliveryTransition{
        D::kHeld, V::kCancel, D::kCancelled, "the job was discarded, or its rule names another destination"},

    DeliveryTransition{D::kPending, V::kClaim, D::kSending, "a forwarder takes it"},
    DeliveryTransition{D::kPending, V::kSuspend, D::kHeld, "its output is being made again"},
    DeliveryTransition{D::kPending, V::kCancel, D::kCancelled, "the job was discarded"},

    DeliveryTransition{D::kSending, V::kConfirm, D::kDelivered, "0000, or 0111 for what we sent before"},
    DeliveryTransition{D::kSending, V::kWarn, D::kDeliveredWarning, "a warning status"},
    DeliveryTransition{D::kSending, V::kRetry, D::kPending, "a transient failure; later again"},
    DeliveryTransition{D::kSending, V::kFail, D::kFailedPermanent, "a permanent failure"},
    DeliveryTransition{D::kSending, V::kRequeue, D::kPending, "the node stopped"},
    DeliveryTransition{D::kSending, V::kWantTranscode, D::kTranscodeWanted, "the peer refuses the syntax"},
    DeliveryTransition{D::kSending, V::kSuspend, D::kHeld, "it failed while its output is being made again"},

    DeliveryTransition{D::kTranscodeWanted, V::kClaimTranscode, D::kTranscoding, "a worker takes it"},
    DeliveryTransition{D::kTranscodeWanted, V::kSuspend, D::kHeld, "its input is being made again"},
    DeliveryTransition{D::kTranscodeWanted, V::kCancel, D::kCancelled, "the job was discarded"},

    DeliveryTransition{D::kTranscoding, V::kTranscoded, D::kPending, "gated; its own output"},
    DeliveryTransition{D::kTranscoding, V::kRetry, D::kTranscodeWanted, "the worker failed"},
    DeliveryTransition{D::kTranscoding, V::kFail, D::kFailedPermanent, "no attempt left"},
    DeliveryTransition{D::kTranscoding, V::kRequeue, D::kTranscodeWanted, "the node stopped"},
    DeliveryTransition{D::kTranscoding, V::kSuspend, D::kHeld, "its input is being made again"},
    DeliveryTransition{D::kTranscoding, V::kCancel, D::kCancelled, "the job was discarded"},

    DeliveryTransition{D::kDelivered, V::kRedeliver, D::kPending, "again"},
    DeliveryTransition{D::kDeliveredWarning, V::kRedeliver, D::kPending, "again"},
    DeliveryTransition{D::kDelivered, V::kCreate, D::kPending, "cleared anew under another UID"},
    DeliveryTransition{D::kDelivered, V::kCreateHeld, D::kHeld, "cleared anew under another UID"},
    DeliveryTransition{D::kDeliveredWarning, V::kCreate, D::kPending, "cleared anew under another UID"},
    DeliveryTransition{D::kDeliveredWarning, V::kCreateHeld, D::kHeld, "cleared anew under another UID"},
    DeliveryTransition{D::kFailedPermanent, V::kRedeliver, D::kPending, "by an operator"},
    DeliveryTransition{D::kFailedPermanent, V::kCreate, D::kPending, "the job was released and cleared anew"},
    DeliveryTransition{
        D::kFailedPermanent, V::kCreateHeld, D::kHeld, "the job was released and cleared anew"},
    DeliveryTransition{D::kFailedPermanent, V::kCancel, D::kCancelled, "the job was discarded"},
    DeliveryTransition{D::kCancelled, V::kCreate, D::kPending, "the job was released and cleared anew"},
    DeliveryTransition{D::kCancelled, V::kCreateHeld, D::kHeld, "the job was released and cleared anew"},
};

}  // namespace

std::span<const JobTransition> job_transitions() {
    return kJobTransitions;
}

std::span<const DeliveryTransition> delivery_transitions() {
    return kDeliveryTransitions;
}

Result<JobState> next_state(JobState from, JobEvent event) {
    for (const JobTransition& row : kJobTransitions) {
        if (row.from == from && row.event == event) {
            return row.to;
        }
    }
    return fail(
        Fault::kRefuse, "this is not possible in the job's state", Where::number(static_cast<int>(from))
    );
}

Result<DeliveryState> next_state(DeliveryState from, DeliveryEvent event) {
    for (const DeliveryTransition& row : kDeliveryTransitions) {
        if (row.from == from && row.event == event) {
            return row.to;
        }
    }
    return fail(
        Fault::kRefuse, "this is not possible in the delivery's state", Where::number(static_cast<int>(from))
    );
}

}  // namespace efface::db
