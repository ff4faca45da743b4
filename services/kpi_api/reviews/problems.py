"""What can be wrong with reviews and check-ins."""

from chassis.problems import Conflict, Invalid, NotAllowed


class NotYourReview(NotAllowed):
    code, title = "not_your_review", "Not yours to do"


class WrongReviewStatus(Conflict):
    code, title = "wrong_review_status", "Not possible in this status"


class AssessmentMissing(Conflict):
    code, title = "assessment_missing", "Nothing to release"


class RatingInvalid(Invalid):
    code, title = "rating_invalid", "Rating invalid"


class CheckInInvalid(Invalid):
    code, title = "check_in_invalid", "Check-in invalid"


class NotYourCheckIn(NotAllowed):
    code, title = "not_your_check_in", "Not yours to check in"
