from django.urls import path

from reminders.views.board import BoardView
from reminders.views.calendar import CalendarFeedView, CalendarIcsView, CalendarView
from reminders.views.messages import MessageDetailView, MessageListView, MessageMendView, MyMessageListView

app_name = "reminders"
urlpatterns = [
    path("who-owes-what/", BoardView.as_view(), name="board"),
    path("messages/", MessageListView.as_view(), name="message-list"),
    path("messages/yours/", MyMessageListView.as_view(), name="my-message-list"),
    path("messages/<str:public_id>/", MessageDetailView.as_view(), name="message-detail"),
    path("messages/<str:public_id>/mend/", MessageMendView.as_view(), name="message-mend"),
    path("calendar/", CalendarView.as_view(), name="calendar"),
    path("calendar/feed/", CalendarFeedView.as_view(), name="calendar-feed"),
    path("calendar/<str:token>.ics", CalendarIcsView.as_view(), name="calendar-ics"),
]
